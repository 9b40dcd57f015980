package jp.sekisho.policy.usb;

/** What happens to a device that no rule and no grant knows. */
public enum UnlistedDevices {
  /** It stays unauthorised at its port ({@code block}). */
  BLOCK
}
