/// The version of Kiln: it rises with every release, and a `-dev` behind it is what comes before the release.
public let kilnVersion = "0.1.0-dev"
