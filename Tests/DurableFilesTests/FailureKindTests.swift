import DurableFiles
import Glibc
import Testing

struct FailureKindTests {
  @Test(arguments: [
    EIO, ENOSPC, EDQUOT, ENOMEM, EMFILE, ENFILE, EAGAIN, EBUSY, ESTALE, ETIMEDOUT, ENXIO, ENODEV, ENOTCONN, EHOSTDOWN,
    EHOSTUNREACH, ENETDOWN, ECONNRESET, EROFS, EUCLEAN, EKEYEXPIRED, EREMOTEIO, ENOLCK, EINTR,
  ])
  func aSystemThatFailsIsTriedAgain(code: Int32) {
    #expect(FileError.system(operation: "open", path: "x", code: code).kind == .transient)
  }

  @Test(arguments: [ENOENT, ENOTDIR, EISDIR, ELOOP, ENAMETOOLONG, EACCES, EPERM, EEXIST])
  func aBadPathStaysBad(code: Int32) {
    #expect(FileError.system(operation: "open", path: "x", code: code).kind == .permanent)
  }

  @Test(arguments: [EBADF, EFAULT, EINVAL])
  func aCallThatMakesNoSenseIsOurs(code: Int32) {
    #expect(FileError.system(operation: "open", path: "x", code: code).kind == .ours)
  }

  @Test func whatIsNoErrnoHasAKindToo() {
    #expect(FileError.notRegular(path: "x").kind == .permanent)
    #expect(FileError.tooLarge(path: "x", limit: 1).kind == .permanent)
    #expect(FileError.locked(path: "x", holder: 1).kind == .transient)
  }
}
