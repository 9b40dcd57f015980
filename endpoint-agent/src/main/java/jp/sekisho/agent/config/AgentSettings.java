package jp.sekisho.agent.config;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.CanonicalJson;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Names;
import jp.sekisho.protocol.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * {@code agent.json}: what enrolment fixed for this terminal. Written once, by enrolment, and never
 * by a running service.
 *
 * @param server {@code https://host:port} of the agents' listener
 * @param terminal terminal id
 * @param organ id of its 機関
 * @param serverCa base64url of the DER of the only CA this terminal believes
 * @param serverCaHash base64url of its SHA-256, as the ticket had it
 * @param rootHash base64url of the SHA-256 of the trust root file; null while there is none
 * @param readerRoles {@code PATTERN=staff|resident|shared} in order, the first match counts; a
 *     reader that matches none is never touched
 * @param loopbackPort port of 127.0.0.1 the login page calls, 1 to 65535
 * @param keyProtection where the device key lives; {@code file} is the only one of this version
 * @param enforcement whether this terminal is meant to gate devices
 */
public record AgentSettings(
    URI server,
    String terminal,
    String organ,
    String serverCa,
    String serverCaHash,
    @Nullable String rootHash,
    List<String> readerRoles,
    int loopbackPort,
    String keyProtection,
    boolean enforcement) {
  /** The port every login page knows. */
  public static final int DEFAULT_LOOPBACK_PORT = 47621;

  /** The only key protection of this version: a file of root's. */
  public static final String FILE_KEY = "file";

  private static final int VERSION = 1;

  public AgentSettings {
    readerRoles = List.copyOf(readerRoles);
    if (loopbackPort < 1 || loopbackPort > 65535) {
      throw new IllegalArgumentException("loopbackPort");
    }
    if (!Names.isTerminal(terminal) || !Names.isOrgan(organ)) {
      throw new IllegalArgumentException("terminal or organ");
    }
    if (!"https".equals(server.getScheme()) || server.getHost() == null) {
      throw new IllegalArgumentException("server");
    }
  }

  /** The pinned CA's DER; malformed unless it has the pinned hash. */
  public byte[] serverCaDer() throws MalformedException {
    byte[] der = Base64Url.decode(serverCa);
    if (!Sha256.text(der).equals(serverCaHash)) {
      throw new MalformedException("serverCa does not have the pinned hash");
    }
    return der;
  }

  /** The file's bytes. */
  public byte[] bytes() {
    Map<String, Object> fields = new TreeMap<>();
    fields.put("v", VERSION);
    fields.put("server", server.toString());
    fields.put("terminal", terminal);
    fields.put("organ", organ);
    fields.put("serverCa", serverCa);
    fields.put("serverCaHash", serverCaHash);
    if (rootHash != null) {
      fields.put("rootHash", rootHash);
    }
    fields.put("readerRoles", readerRoles);
    fields.put("loopbackPort", loopbackPort);
    fields.put("keyProtection", keyProtection);
    fields.put("enforcement", enforcement);
    return CanonicalJson.write(fields);
  }

  /** The settings whose file is exactly {@code bytes}. */
  public static AgentSettings parse(byte[] bytes) throws MalformedException {
    JsonFields fields = new JsonFields(CanonicalJson.read(bytes));
    if (fields.integer("v") != VERSION) {
      throw new MalformedException("unknown version");
    }
    long port = fields.integer("loopbackPort");
    List<String> roles = new ArrayList<>(fields.texts("readerRoles"));
    try {
      AgentSettings settings =
          new AgentSettings(
              URI.create(fields.text("server")),
              fields.text("terminal"),
              fields.text("organ"),
              fields.text("serverCa"),
              fields.text("serverCaHash"),
              fields.optionalText("rootHash"),
              roles,
              Math.toIntExact(port),
              fields.text("keyProtection"),
              fields.flag("enforcement"));
      settings.serverCaDer();
      return settings;
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new MalformedException("agent.json: " + e.getMessage());
    }
  }
}
