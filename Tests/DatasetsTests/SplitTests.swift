import Datasets
import Testing

@Suite struct SplitTests {
  @Test func agreesWithNumPy() throws {
    let expected = try Expected.read().split
    let choice = stratifiedChoice(targets: expected.labels, classes: 2, share: expected.share, seed: expected.seed)
    #expect(choice.indices.filter { choice[$0] } == expected.validation)
  }

  @Test func takesTheShareOfEveryClass() {
    let targets = (0..<1000).map { Float($0 % 10 == 0 ? 2 : $0 % 2) }
    let choice = stratifiedChoice(targets: targets, classes: 3, share: 0.3, seed: 4)
    for label in 0..<3 {
      let members = targets.indices.filter { targets[$0] == Float(label) }
      #expect(members.filter { choice[$0] }.count == Int((0.3 * Double(members.count)).rounded()))
    }
  }

  @Test func stratifiesProbabilitiesByTheLikelierClass() {
    let targets = (0..<100).map { Float([0, 0.3333, 0.6667, 1][$0 % 4]) }
    let choice = stratifiedChoice(targets: targets, classes: 2, share: 0.2, seed: 4)
    #expect(targets.indices.filter { choice[$0] && targets[$0] > 0.5 }.count == 10)
    #expect(targets.indices.filter { choice[$0] && targets[$0] <= 0.5 }.count == 10)
  }

  @Test func leavesEveryClassSomethingToLearn() {
    let choice = stratifiedChoice(targets: [0, 1, 1, 2, 2, 2], classes: 3, share: 0.99, seed: 1)
    #expect(!choice[0])
    #expect(choice[1...2].filter { $0 }.count == 1)
    #expect(choice[3...5].filter { $0 }.count == 2)
    let little = stratifiedChoice(targets: [0, 0, 1, 1], classes: 2, share: 0.01, seed: 1)
    #expect(little.filter { $0 }.count == 2)
  }

  @Test func dependsOnTheSeedAndOnNothingElse() {
    let targets = (0..<200).map { Float($0 % 2) }
    let choice = stratifiedChoice(targets: targets, classes: 2, share: 0.25, seed: 1)
    #expect(choice == stratifiedChoice(targets: targets, classes: 2, share: 0.25, seed: 1))
    #expect(choice != stratifiedChoice(targets: targets, classes: 2, share: 0.25, seed: 2))
    #expect(!stratifiedChoice(targets: targets, classes: 2, share: 0, seed: 1).contains(true))
  }

  @Test func theTestHasAChoiceOfItsOwn() {
    let targets = (0..<200).map { Float($0 % 2) }
    let test = stratifiedChoice(targets: targets, classes: 2, share: 0.25, seed: 1, for: .test)
    #expect(test != stratifiedChoice(targets: targets, classes: 2, share: 0.25, seed: 1))
    #expect(test.filter { $0 }.count == 50)
  }
}
