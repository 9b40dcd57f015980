package jp.sekisho.server.storage;

import java.util.Locale;

/** The two databases the service knows; every statement outside the migrations suits both. */
public enum Vendor {
  /** One file, WAL, synchronous=FULL, one writer: the default. */
  SQLITE,
  /** For several nodes. */
  POSTGRESQL;

  /**
   * The vendor of a JDBC URL.
   *
   * @throws IllegalArgumentException for any other database
   */
  public static Vendor of(String jdbcUrl) {
    if (jdbcUrl.startsWith("jdbc:sqlite:")) {
      return SQLITE;
    }
    if (jdbcUrl.startsWith("jdbc:postgresql:")) {
      return POSTGRESQL;
    }
    throw new IllegalArgumentException("neither jdbc:sqlite: nor jdbc:postgresql:");
  }

  /** Where its migrations lie on the class path. */
  String migrations() {
    return "classpath:db/migration/" + name().toLowerCase(Locale.ROOT);
  }
}
