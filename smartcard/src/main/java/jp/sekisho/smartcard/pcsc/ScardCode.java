package jp.sekisho.smartcard.pcsc;

import com.sun.jna.Platform;
import jp.sekisho.smartcard.CardException;
import jp.sekisho.smartcard.CardFailure;

/** The codes of PC/SC and what they mean to us. */
final class ScardCode {
  static final int OK = 0;
  static final int CANCELLED = 0x80100002;
  static final int INVALID_HANDLE = 0x80100003;
  static final int INSUFFICIENT_BUFFER = 0x80100008;
  static final int UNKNOWN_READER = 0x80100009;
  static final int TIMEOUT = 0x8010000A;
  static final int SHARING_VIOLATION = 0x8010000B;
  static final int NO_SMARTCARD = 0x8010000C;
  static final int UNKNOWN_CARD = 0x8010000D;
  static final int PROTO_MISMATCH = 0x8010000F;
  static final int NOT_READY = 0x80100010;
  static final int COMM_ERROR = 0x80100013;
  static final int NOT_TRANSACTED = 0x80100016;
  static final int READER_UNAVAILABLE = 0x80100017;
  static final int NO_SERVICE = 0x8010001D;
  static final int SERVICE_STOPPED = 0x8010001E;
  static final int NO_READERS = 0x8010002E;
  static final int UNSUPPORTED_CARD = 0x80100065;
  static final int UNRESPONSIVE_CARD = 0x80100066;
  static final int UNPOWERED_CARD = 0x80100067;
  static final int RESET_CARD = 0x80100068;
  static final int REMOVED_CARD = 0x80100069;

  private ScardCode() {}

  static void require(String call, int code) throws CardException {
    if (code != OK) {
      throw exception(call, code);
    }
  }

  static CardException exception(String call, int code) {
    return new CardException(failure(code, isRemoteSession()), "%s 0x%08X".formatted(call, code));
  }

  /**
   * @param remote whether this is a remote-desktop session, where the local service seems stopped
   */
  static CardFailure failure(int code, boolean remote) {
    return switch (code) {
      case SHARING_VIOLATION, NOT_READY, RESET_CARD -> CardFailure.CARD_BUSY;
      case NO_SMARTCARD -> CardFailure.NO_CARD;
      case UNKNOWN_CARD, PROTO_MISMATCH, UNSUPPORTED_CARD, UNRESPONSIVE_CARD, UNPOWERED_CARD ->
          CardFailure.UNKNOWN_CARD;
      // pcsc-lite says "not transacted" to the first command after a removal inside a transaction.
      case NOT_TRANSACTED, REMOVED_CARD -> CardFailure.CARD_REMOVED;
      case UNKNOWN_READER, READER_UNAVAILABLE, NO_READERS ->
          remote ? CardFailure.REMOTE_SESSION : CardFailure.NO_READER;
      // Handles die with the service; what says "invalid handle" has been restarted.
      case COMM_ERROR, NO_SERVICE, SERVICE_STOPPED, INVALID_HANDLE ->
          remote ? CardFailure.REMOTE_SESSION : CardFailure.SERVICE_DOWN;
      case TIMEOUT -> CardFailure.CARD_TIMEOUT;
      default -> CardFailure.CARD_ERROR;
    };
  }

  private static boolean isRemoteSession() {
    String session = System.getenv("SESSIONNAME");
    return Platform.isWindows() && session != null && session.startsWith("RDP-");
  }
}
