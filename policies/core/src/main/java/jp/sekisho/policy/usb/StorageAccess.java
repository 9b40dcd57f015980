package jp.sekisho.policy.usb;

/** What happens to USB storage. */
public enum StorageAccess {
  /** Blocked, unless a signed grant opens one registered medium ({@code grant-only}). */
  GRANT_ONLY
}
