package jp.sekisho.server.storage;

/**
 * Says that a change could not be made durable, or the database not be read: {@link
 * jp.sekisho.protocol.Refusal#STORAGE_FAILED}.
 *
 * <p>The caller must act as if nothing had happened. After a power cut or a lost connection in the
 * very moment of COMMIT the unit may turn out to be there after all, always together with its audit
 * entry.
 */
public final class StorageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StorageException(String message) {
    super(message);
  }

  public StorageException(String message, Throwable cause) {
    super(message, cause);
  }
}
