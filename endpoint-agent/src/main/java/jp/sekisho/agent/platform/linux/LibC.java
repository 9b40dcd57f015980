package jp.sekisho.agent.platform.linux;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;

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

  /** Offsets in {@code struct passwd}: name, password, uid, gid, … in glibc and musl alike. */
  static int uidOf(Pointer passwd) {
    return passwd.getInt(2L * Native.POINTER_SIZE);
  }

  static String nameOf(Pointer passwd) {
    return passwd.getPointer(0).getString(0);
  }
}
