package jp.sekisho.policy.media;

/** What happens to tethering, modems, Bluetooth and USB network adapters. */
public enum OtherNetworks {
  /** They are blocked; there is no other value. */
  BLOCK
}
