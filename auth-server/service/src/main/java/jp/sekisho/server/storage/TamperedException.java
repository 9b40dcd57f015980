package jp.sekisho.server.storage;

/**
 * A security row of the database fails its MAC: {@code STATE_TAMPERED}.
 *
 * <p>Thrown out of whatever looked at the row, so that no caller can go on with it; the listeners
 * write the entry and refuse.
 */
public final class TamperedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String table;
  private final String row;

  /**
   * @param table name of the table
   * @param row its key; no secret
   */
  public TamperedException(String table, String row) {
    super("row " + row + " of " + table + " fails its MAC");
    this.table = table;
    this.row = row;
  }

  /** Name of the table. */
  public String table() {
    return table;
  }

  /** Key of the row. */
  public String row() {
    return row;
  }
}
