package jp.sekisho.smartcard.jpki;

/** The two keys of the application with their files. */
enum JpkiKey {
  /** 利用者証明用. */
  AUTHENTICATION(0x0017, 0x0018, 0x000A),
  /** 署名用; its certificate always stands behind its PIN. */
  SIGNATURE(0x001A, 0x001B, 0x0001);

  private final int key;
  private final int pin;
  private final int certificate;

  JpkiKey(int key, int pin, int certificate) {
    this.key = key;
    this.pin = pin;
    this.certificate = certificate;
  }

  int key() {
    return key;
  }

  int pin() {
    return pin;
  }

  int certificate() {
    return certificate;
  }
}
