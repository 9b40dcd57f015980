package jp.sekisho.protocol;

/**
 * Asks for a log's bundle with its sealed table of names: {@code POST /api/v1/log/export}, by an
 * auditor of that log.
 *
 * @param log the 機関
 * @param code what the table is sealed to, as the page showed it; a secret
 */
public record NamedExport(String log, String code) {
  @Override
  public String toString() {
    return "NamedExport[" + log + ", ***]";
  }
}
