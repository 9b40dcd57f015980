package jp.sekisho.agent.config;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jp.sekisho.protocol.MalformedException;

/** RFC 7468 text of one kind of object, as other tools read it. */
final class Pem {
  private Pem() {}

  static byte[] write(String label, List<byte[]> objects) {
    StringBuilder text = new StringBuilder();
    for (byte[] der : objects) {
      text.append("-----BEGIN ").append(label).append("-----\n");
      text.append(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der));
      text.append("\n-----END ").append(label).append("-----\n");
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  static List<byte[]> read(String label, byte[] file) throws MalformedException {
    Matcher object =
        Pattern.compile(
                "-----BEGIN " + label + "-----\n([A-Za-z0-9+/=\n]+)\n-----END " + label + "-----\n")
            .matcher(new String(file, StandardCharsets.US_ASCII));
    List<byte[]> objects = new ArrayList<>();
    int end = 0;
    while (object.lookingAt()) {
      try {
        objects.add(Base64.getMimeDecoder().decode(object.group(1)));
      } catch (IllegalArgumentException e) {
        throw new MalformedException("PEM: not base64");
      }
      end = object.end();
      object.region(end, file.length);
    }
    if (objects.isEmpty() || end != file.length) {
      throw new MalformedException("PEM: not exactly " + label + " objects");
    }
    return objects;
  }
}
