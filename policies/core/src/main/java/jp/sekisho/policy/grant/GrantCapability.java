package jp.sekisho.policy.grant;

/** What a grant can open. */
public enum GrantCapability {
  /** One registered medium is read. */
  USB_READ,
  /** Any medium is copied in through quarantine, at an import terminal. */
  MEDIA_IMPORT,
  /** Files leave encrypted for named recipients. */
  USB_EXPORT_ENCRYPTED,
  /** Named files leave in a form of others; always with a second approver and an attendant. */
  EXPORT_PLAIN,
  /** The clipboard goes over a boundary. */
  CLIPBOARD
}
