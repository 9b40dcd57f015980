package jp.sekisho.policy.grant;

import jp.sekisho.protocol.statement.ExportGrant;

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
  CLIPBOARD;

  /** What rules call that which a grant's text opens. */
  public static GrantCapability of(ExportGrant.Capability signed) {
    return switch (signed) {
      case USB_READ -> USB_READ;
      case USB_EXPORT_ENCRYPTED -> USB_EXPORT_ENCRYPTED;
      case EXPORT_PLAIN -> EXPORT_PLAIN;
      case MEDIA_IMPORT -> MEDIA_IMPORT;
      case CLIPBOARD -> CLIPBOARD;
    };
  }
}
