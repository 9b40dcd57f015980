package jp.sekisho.policy.media;

/** Media besides USB storage. */
public enum MediaKind {
  /** SD cards in a built-in slot. */
  SD,
  /** CD, DVD and Blu-ray discs. */
  OPTICAL,
  /** Telephones and cameras that show files (MTP, PTP). */
  MTP
}
