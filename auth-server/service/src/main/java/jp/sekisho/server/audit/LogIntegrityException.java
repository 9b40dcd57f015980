package jp.sekisho.server.audit;

/**
 * Says that a log's database is not the one whose checkpoint was signed: it went back in time, or
 * entries were edited. Nothing is signed then and the service must not go on; the message names log
 * and row for the operator.
 */
public final class LogIntegrityException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public LogIntegrityException(String message) {
    super(message);
  }

  public LogIntegrityException(String message, Throwable cause) {
    super(message, cause);
  }
}
