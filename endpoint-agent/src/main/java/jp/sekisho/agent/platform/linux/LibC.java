package jp.sekisho.agent.platform.linux;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import org.jspecify.annotations.Nullable;

/** The functions of the C library that the JDK does not offer. Thread-safe. */
interface LibC extends Library {
  LibC INSTANCE = Native.load("c", LibC.class);

  /** prctl(2): a process may (1) or must not (0) be dumped or traced. */
  int PR_SET_DUMPABLE = 4;

  int PR_GET_DUMPABLE = 3;

  /** getrlimit(2): largest core file, in bytes. */
  int RLIMIT_CORE = 4;

  /** geteuid(2). */
  int geteuid();

  /** clock_gettime(2) into a {@code struct timespec}: two longs, seconds and nanoseconds. */
  int clock_gettime(int clock, Memory time);

  int prctl(int option, NativeLong a, NativeLong b, NativeLong c, NativeLong d);

  /** setrlimit(2) with a {@code struct rlimit}: two unsigned longs, soft and hard. */
  int setrlimit(int resource, Memory limits);

  int getrlimit(int resource, Memory limits);

  /** getpwnam_r(3); 0 also when there is no such user, then {@code result} is null. */
  int getpwnam_r(
      String name, Memory entry, Memory text, NativeLong textSize, PointerByReference result);

  /** getpwuid_r(3). */
  int getpwuid_r(
      int uid, Memory entry, Memory text, NativeLong textSize, PointerByReference result);

  /** socket(2). */
  int AF_NETLINK = 16;

  int SOCK_RAW = 3;
  int SOCK_CLOEXEC = 0x80000;
  int NETLINK_KOBJECT_UEVENT = 15;
  int SOL_SOCKET = 1;
  int SO_PASSCRED = 16;
  int SO_RCVTIMEO = 20;
  int SO_RCVBUF = 8;
  int SO_RCVBUFFORCE = 33;
  int SCM_CREDENTIALS = 2;
  int MSG_CTRUNC = 0x8;
  int MSG_TRUNC = 0x20;
  int EINTR = 4;
  int EAGAIN = 11;
  int ENOBUFS = 105;

  int socket(int domain, int type, int protocol);

  int bind(int socket, Memory address, int length);

  int setsockopt(int socket, int level, int name, Memory value, int length);

  NativeLong recvmsg(int socket, Memory header, int flags);

  int close(int descriptor);

  /** mount(2). */
  int MS_RDONLY = 1;

  int MS_NOSUID = 2;
  int MS_NODEV = 4;
  int MS_NOEXEC = 8;

  /** With MS_PRIVATE: of all mounts, none is told to or by another namespace any more. */
  int MS_REC = 0x4000;

  int MS_PRIVATE = 0x40000;

  int mount(
      String source, String target, @Nullable String type, NativeLong flags, @Nullable String data);

  /** unshare(2): the calling thread alone gets a mount namespace of its own. */
  int CLONE_NEWNS = 0x20000;

  int unshare(int flags);

  /** umount2(2): detach now, let go when the last file is closed. */
  int MNT_DETACH = 2;

  /** umount2(2): do not follow a symbolic link. */
  int UMOUNT_NOFOLLOW = 8;

  int umount2(byte[] target, int flags);

  /** setxattr(2). */
  int setxattr(String path, String name, Memory value, NativeLong size, int flags);

  /** open(2). */
  int O_RDONLY = 0;

  int O_CLOEXEC = 0x80000;

  int open(String path, int flags);

  int O_WRONLY = 1;
  int O_CREAT = 0x40;
  int O_EXCL = 0x80;
  int O_NOFOLLOW = 0x20000;

  /** As the other, for a name whose bytes are ours and not the locale's to choose. */
  int open(byte[] path, int flags, int mode);

  int O_DIRECTORY = 0x10000;

  /** Only says where something is: opens no device, waits for no pipe, follows no link. */
  int O_PATH = 0x200000;

  /** openat(2): below a directory that is open, so that no other name leads elsewhere. */
  int openat(int directory, byte[] name, int flags, int mode);

  /** fdopendir(3); the descriptor is its own from then on. */
  @Nullable Pointer fdopendir(int descriptor);

  /** readdir(3): null at the end; an error is thrown, for otherwise it would look like the end. */
  @Nullable Pointer readdir(Pointer directory) throws LastErrorException;

  int closedir(Pointer directory);

  /** Where the name begins in {@code struct dirent} of 64-bit Linux, in glibc and musl alike. */
  int DIRENT_NAME = 19;

  /** Longest name of a file system of Linux in bytes, and more: NAME_MAX counts characters. */
  int LONGEST_NAME = 1024;

  /** unlink(2). */
  int unlink(byte[] path);

  /** posix_fadvise(2): what is cached of a file, and is on the medium, is forgotten. */
  int POSIX_FADV_DONTNEED = 4;

  int posix_fadvise(int descriptor, NativeLong from, NativeLong length, int advice);

  /** ioctl(2): no writing to a block device from now on. */
  long BLKROSET = 0x125D;

  int ioctl(int descriptor, NativeLong request, Memory argument);

  /** Offsets in {@code struct passwd}: name, password, uid, gid, … in glibc and musl alike. */
  static int uidOf(Pointer passwd) {
    return passwd.getInt(2L * Native.POINTER_SIZE);
  }

  static String nameOf(Pointer passwd) {
    return passwd.getPointer(0).getString(0);
  }
}
