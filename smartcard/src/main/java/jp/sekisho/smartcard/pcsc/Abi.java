package jp.sekisho.smartcard.pcsc;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * How a platform lays out PC/SC's types, in bytes. SCARD_READERSTATE is {@code name, userData,
 * currentState, eventState, atrLength, atr[]}; the first two are pointers.
 *
 * @param dword size of DWORD and LONG
 * @param atrBytes size of rgbAtr
 * @param wide whether text is UTF-16 and functions with text end in W
 * @param controlCodes SCARD_CTL_CODE(0); Windows counts in steps of four
 */
record Abi(String library, int dword, int atrBytes, boolean wide, int controlCodes) {
  /** pcsc-lite: DWORD is an unsigned long, MAX_ATR_SIZE 33. */
  static final Abi LINUX_64 = new Abi("libpcsclite.so.1", 8, 33, false, 0x42000000);

  /** WinSCard: DWORD is 32 bits, rgbAtr[36]. */
  static final Abi WINDOWS_64 = new Abi("winscard", 4, 36, true, 0x310000);

  private static final int POINTER = 8;

  /** SCARDCONTEXT and SCARDHANDLE: LONG on Linux, ULONG_PTR on Windows; 8 on both. */
  int handle() {
    return 8;
  }

  int currentState() {
    return 2 * POINTER;
  }

  int eventState() {
    return currentState() + dword;
  }

  int atrLength() {
    return eventState() + dword;
  }

  int atr() {
    return atrLength() + dword;
  }

  int readerState() {
    return (atr() + atrBytes + POINTER - 1) / POINTER * POINTER;
  }

  /** SCARD_IO_REQUEST: protocol and own length. */
  int ioRequest() {
    return 2 * dword;
  }

  /** SCARD_CTL_CODE. */
  int controlCode(int code) {
    return controlCodes + (wide ? 4 * code : code);
  }

  Charset charset() {
    return wide ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_8;
  }

  int charBytes() {
    return wide ? 2 : 1;
  }
}
