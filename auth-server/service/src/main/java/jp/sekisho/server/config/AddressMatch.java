package jp.sekisho.server.config;

/** What happens when browser and terminal of a login come from different network addresses. */
public enum AddressMatch {
  /** Refused: the default. */
  REQUIRE,
  /** Allowed and marked in the entry: for terminals behind NAT. */
  FLAG
}
