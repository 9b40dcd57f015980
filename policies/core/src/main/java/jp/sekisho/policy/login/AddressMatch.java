package jp.sekisho.policy.login;

/** What happens when browser and terminal come from different network addresses. */
public enum AddressMatch {
  /** The login is refused. */
  REQUIRE,
  /** The login is marked in the log: for terminals behind NAT. */
  FLAG
}
