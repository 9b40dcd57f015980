package jp.sekisho.server.authn;

/** What happens when browser and terminal come from different network addresses. */
public enum AddressMatch {
  /** The login is refused: each terminal has its own address. */
  REQUIRE,
  /** The login's entry says so: a NAT stands between. */
  FLAG
}
