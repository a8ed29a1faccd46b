public import Images

/// The `data` section of a job file.
public struct DataDeclaration: Sendable, Equatable {
  public enum Validation: Sendable, Equatable {
    /// A stratified share of the images: the same share of each class; 0 for none.
    case share(Double)
    /// A folder or a CSV file of its own.
    case path(String)
  }

  public enum Normalization: Sendable, Equatable {
    /// By the statistics of the training images.
    case dataset
    case none
    case given(ChannelStatistics)
  }

  /// Where images come from.
  public struct Source: Sendable, Equatable {
    /// A folder that holds one folder per class; with `labels`, the folder that the table's paths are relative to.
    public var images: String
    /// A table, relative to `images`.
    public var labels: String?

    public init(images: String, labels: String? = nil) {
      self.images = images
      self.labels = labels
    }
  }

  /// What divides the images of folders into parts, beside the shares.
  public enum Split: String, Sendable, Equatable, CaseIterable {
    /// Folders called train, val and test, above the classes' folders or in them.
    case folders
    /// The seed alone: every folder is a class, whatever it is called.
    case random
  }

  /// One of several divisions of which every image is validated in one (cross-validation).
  public struct Folds: Sendable, Equatable {
    public var count: Int
    /// The fold to validate, from 0; the others are trained on.
    public var index: Int

    public init(count: Int, index: Int) {
      self.count = count
      self.index = index
    }
  }

  /// At least one.
  public var sources: [Source]
  /// Nil if the job does not say: then folders that are named as parts are an error.
  public var split: Split?
  /// Nil for no cross-validation.
  public var folds: Folds?
  /// Nil if the job does not say: then the table's split column counts, or else `defaultShare`.
  public var validation: Validation?
  /// Share of each class that is held out until the end; 0 if there is no test, or the table's split column marks it.
  public var test: Double
  public var normalize: Normalization
  public var augment: Augmentation
  /// A label above this value is class 1, any other class 0; nil keeps probabilities as soft labels.
  public var positiveAbove: Double?
  /// Share of the images that may be unusable before the job fails.
  public var maximumSkipped: Double
  /// Whether decoded images may be kept on disk for later jobs.
  public var cache: Bool
  /// How files become squares.
  public var reading: ImageReading

  public static let defaultShare = 0.2
  public static let defaultMaximumSkipped = 0.01

  public init(
    images: String, labels: String? = nil, split: Split? = nil, folds: Folds? = nil, validation: Validation? = nil,
    test: Double = 0, normalize: Normalization = .dataset, augment: Augmentation = Augmentation(),
    positiveAbove: Double? = nil, maximumSkipped: Double = defaultMaximumSkipped, cache: Bool = true,
    reading: ImageReading = ImageReading()
  ) {
    sources = [Source(images: images, labels: labels)]
    self.split = split
    self.folds = folds
    self.validation = validation
    self.test = test
    self.normalize = normalize
    self.augment = augment
    self.positiveAbove = positiveAbove
    self.maximumSkipped = maximumSkipped
    self.cache = cache
    self.reading = reading
  }
}
