package jp.sekisho.policy.usb;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * The name of a USB device by all it says of itself: base64url of a SHA-256, 43 characters.
 *
 * <p>Hashed are, in this order, the ASCII line {@code sekisho/usb-fingerprint/v1} with its LF, then
 * four parts: the raw descriptors, manufacturer, product and serial number. Each part is its length
 * as four bytes big-endian, then its bytes; strings are UTF-8 as the kernel shows them, without the
 * line end; one that the device does not have is the length FF FF FF FF and no bytes. So the serial
 * number is never written anywhere but inside this hash.
 *
 * <p>A device at a port of another speed may show other descriptors and so have another
 * fingerprint. A copy of all of it is possible: the fingerprint tells devices apart, it proves
 * none.
 */
public final class MediumFingerprint {
  private static final byte[] PREFIX =
      "sekisho/usb-fingerprint/v1\n".getBytes(StandardCharsets.US_ASCII);
  private static final int ABSENT = -1;

  private MediumFingerprint() {}

  /** The fingerprint of a device. */
  public static String of(
      byte[] descriptors,
      @Nullable String manufacturer,
      @Nullable String product,
      @Nullable String serial) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    text.writeBytes(PREFIX);
    add(text, descriptors);
    add(text, bytes(manufacturer));
    add(text, bytes(product));
    add(text, bytes(serial));
    return Sha256.text(text.toByteArray());
  }

  /** Whether {@code text} has the form of a fingerprint. */
  public static boolean isWellFormed(String text) {
    try {
      return Base64Url.decode(text).length == 32;
    } catch (jp.sekisho.protocol.MalformedException e) {
      return false;
    }
  }

  private static void add(ByteArrayOutputStream text, byte @Nullable [] part) {
    text.writeBytes(
        ByteBuffer.allocate(Integer.BYTES).putInt(part == null ? ABSENT : part.length).array());
    if (part != null) {
      text.writeBytes(part);
    }
  }

  private static byte @Nullable [] bytes(@Nullable String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }
}
