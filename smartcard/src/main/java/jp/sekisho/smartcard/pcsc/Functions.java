package jp.sekisho.smartcard.pcsc;

import org.jspecify.annotations.Nullable;

/**
 * The functions of the card service's library by name. The seam below which nothing of ours runs: a
 * scripted service stands here in tests, in either platform's layout.
 */
interface Functions {

  /**
   * Calls one function. Pointers are JNA pointers, values by value {@code Long} (handles, and DWORD
   * on Linux) or {@code Integer} (DWORD on Windows).
   *
   * @param name as exported, with its suffix
   * @return the SCARD code, or the Win32 code of a driver
   */
  int call(String name, @Nullable Object... arguments);
}
