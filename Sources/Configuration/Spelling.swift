/// The one of `candidates` that `word` was probably meant to be; nil if none is near.
/// Upper and lower case, `_` and `-` do not count: `batch_size` is `batchSize`.
public func closest(to word: String, among candidates: [String]) -> String? {
  let letters = Array(letters(of: word))
  // The time grows with the product of both lengths, and no keyword is longer than this.
  guard !letters.isEmpty, letters.count <= 64 else { return nil }
  let near = candidates.compactMap { candidate -> (word: String, distance: Int)? in
    let other = Array(Configuration.letters(of: candidate))
    if letters.count >= 3, other.starts(with: letters) { return (candidate, 1) }
    let distance = editDistance(letters, other)
    // A third of the letters may be wrong: `epoch` is `epochs`, but `gpu` is not `seed`.
    return distance <= max(1, min(letters.count, other.count) / 3) ? (candidate, distance) : nil
  }
  return near.min { $0.distance < $1.distance }?.word
}

private func letters(of word: String) -> String {
  word.lowercased().filter { $0 != "_" && $0 != "-" }
}

/// How many insertions, deletions, replacements and swaps of neighbours lead from one word to the other:
/// Damerau and Levenshtein's distance, restricted to edits that do not overlap.
func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  var before = [Int](repeating: 0, count: b.count + 1)
  var last = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1] + [Int](repeating: 0, count: b.count)
    for j in b.indices {
      let replaced = last[j] + (a[i] == b[j] ? 0 : 1)
      row[j + 1] = min(replaced, last[j + 1] + 1, row[j] + 1)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        row[j + 1] = min(row[j + 1], before[j - 1] + 1)
      }
    }
    (before, last) = (last, row)
  }
  return last[b.count]
}
