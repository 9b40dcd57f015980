package jp.sekisho.smartcard.pcsc;

import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;

/**
 * The codes of PC/SC and what they mean to us: those of pcsclite.h and winerror.h, and the Win32
 * codes that reader drivers let through.
 */
final class ScardCode {
  static final int OK = 0;
  static final int CANCELLED = 0x80100002;
  static final int INVALID_HANDLE = 0x80100003;
  static final int INVALID_PARAMETER = 0x80100004;
  static final int INSUFFICIENT_BUFFER = 0x80100008;
  static final int UNKNOWN_READER = 0x80100009;
  static final int TIMEOUT = 0x8010000A;
  static final int SHARING_VIOLATION = 0x8010000B;
  static final int NO_SMARTCARD = 0x8010000C;
  static final int INVALID_VALUE = 0x80100011;
  static final int COMM_ERROR = 0x80100013;
  static final int NOT_TRANSACTED = 0x80100016;
  static final int NO_SERVICE = 0x8010001D;
  static final int SERVICE_STOPPED = 0x8010001E;

  /** SCARD_E_UNEXPECTED on Windows, SCARD_E_UNSUPPORTED_FEATURE in pcsc-lite. */
  static final int UNEXPECTED = 0x8010001F;

  static final int UNSUPPORTED_FEATURE = 0x80100022;
  static final int NO_READERS = 0x8010002E;
  static final int RESET_CARD = 0x80100068;
  static final int REMOVED_CARD = 0x80100069;

  /** ERROR_INVALID_FUNCTION and ERROR_NOT_SUPPORTED, from Windows drivers. */
  static final int WIN32_INVALID_FUNCTION = 1;

  static final int WIN32_NOT_SUPPORTED = 50;

  private ScardCode() {}

  /** What to throw for a code that is not {@link #OK}. */
  static CardException exception(String call, int code, RemoteSession session) {
    return new CardException(failure(code, session), "%s 0x%08X".formatted(call, code));
  }

  /**
   * What a code means. A code nobody documents is {@code CARD_ERROR}.
   *
   * @param session in a redirected one the local service seems stopped
   */
  static CardFailure failure(int code, RemoteSession session) {
    boolean redirected = session == RemoteSession.REDIRECTED;
    return (code >>> 16) == 0x8010 ? scard(code & 0xFFFF, session) : win32(code, redirected);
  }

  private static CardFailure scard(int code, RemoteSession session) {
    boolean redirected = session == RemoteSession.REDIRECTED;
    return switch (code) {
      // UNKNOWN_READER, READER_UNAVAILABLE, READER_UNSUPPORTED, DUPLICATE_READER,
      // NO_READERS_AVAILABLE
      case 0x09, 0x17, 0x1A, 0x1B, 0x2E ->
          redirected ? CardFailure.REMOTE_SESSION : CardFailure.NO_READER;
      // NO_SMARTCARD
      case 0x0C -> CardFailure.NO_CARD;
      // UNKNOWN_CARD, PROTO_MISMATCH, INVALID_ATR, CARD_UNSUPPORTED, ICC_INSTALLATION,
      // NO_SUCH_CERTIFICATE, CERTIFICATE_UNAVAILABLE, NO_KEY_CONTAINER, UNSUPPORTED_CARD,
      // UNRESPONSIVE_CARD, UNPOWERED_CARD
      case 0x0D, 0x0F, 0x15, 0x1C, 0x20, 0x2C, 0x2D, 0x30, 0x65, 0x66, 0x67 ->
          CardFailure.UNKNOWN_CARD;
      // NOT_TRANSACTED: pcsc-lite's first answer after a removal inside a transaction; REMOVED_CARD
      case 0x16, 0x69 -> CardFailure.CARD_REMOVED;
      // SHARING_VIOLATION, NOT_READY, SERVER_TOO_BUSY, RESET_CARD
      case 0x0B, 0x10, 0x31, 0x68 -> CardFailure.CARD_BUSY;
      // WAITED_TOO_LONG, TIMEOUT
      case 0x07, 0x0A -> CardFailure.CARD_TIMEOUT;
      // INVALID_CHV, WRONG_CHV
      case 0x2A, 0x6B -> CardFailure.PIN_WRONG;
      // CHV_BLOCKED
      case 0x6C -> CardFailure.PIN_BLOCKED;
      // INVALID_HANDLE (handles die with the service: it was restarted), INVALID_TARGET, NO_MEMORY,
      // SYSTEM_CANCELLED, COMM_ERROR, P_SHUTDOWN, NO_SERVICE, SERVICE_STOPPED, UNKNOWN_RES_MNG
      case 0x03, 0x05, 0x06, 0x12, 0x13, 0x18, 0x1D, 0x1E, 0x2B ->
          redirected ? CardFailure.REMOTE_SESSION : CardFailure.SERVICE_DOWN;
      // SECURITY_VIOLATION: polkit refuses who does not sit at the computer
      case 0x6A ->
          session == RemoteSession.LOCAL ? CardFailure.SERVICE_DOWN : CardFailure.REMOTE_SESSION;
      default -> CardFailure.CARD_ERROR;
    };
  }

  private static CardFailure win32(int code, boolean redirected) {
    return switch (code) {
      // ERROR_INVALID_HANDLE, RPC_S_SERVER_UNAVAILABLE, RPC_S_CALL_FAILED
      case 6, 1722, 1726 -> redirected ? CardFailure.REMOTE_SESSION : CardFailure.SERVICE_DOWN;
      // ERROR_BROKEN_PIPE: a remote session without redirection of cards (WinSCard's own words)
      case 109 -> CardFailure.REMOTE_SESSION;
      // ERROR_NOT_READY
      case 21 -> CardFailure.CARD_BUSY;
      // ERROR_SEM_TIMEOUT
      case 121 -> CardFailure.CARD_TIMEOUT;
      // ERROR_NO_SUCH_DEVICE, ERROR_OPERATION_ABORTED, ERROR_DEVICE_NOT_CONNECTED
      case 433, 995, 1167 -> redirected ? CardFailure.REMOTE_SESSION : CardFailure.NO_READER;
      default -> CardFailure.CARD_ERROR;
    };
  }
}
