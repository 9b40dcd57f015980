package jp.sekisho.server.config;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import jp.sekisho.policy.login.AddressMatch;
import jp.sekisho.protocol.CanonicalJson;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.server.storage.PrivateFiles;
import org.jspecify.annotations.Nullable;

/**
 * The settings of an installation, kept as canonical JSON in {@code config.json}. No secrets.
 *
 * @param origin what the browser shows: {@code https://host[:port]}; {@code
 *     http://localhost[:port]} or {@code http://127.0.0.1[:port]} in a trial
 * @param trial loopback and plain HTTP for people, a banner everywhere; not for real data
 * @param peoplePort 0 to 65535; default 8443, in a trial 8080; 0 takes any free one (tests)
 * @param agentsPort 0 to 65535; default 8444
 * @param agentsHosts names under which terminals reach the agents' port, at least one
 * @param helpLine whom a refusal tells people to call, such as {@code 情報政策課 内線 2345}; 1 to 200
 *     characters
 * @param addressMatch default {@code require}
 * @param staffCa directory with the staff cards' anchors and revocation lists; null: {@code
 *     trust/staff-piv} of the data directory
 * @param staffCrl address the staff CA's revocation list is fetched from, beside the files; null:
 *     none
 * @param staffOcsp OCSP responder asked about the card at each login, beside the list; null: none
 * @param database {@code jdbc:postgresql://…} without password; null: SQLite in the data directory
 */
public record ServiceConfig(
    String origin,
    boolean trial,
    int peoplePort,
    int agentsPort,
    List<String> agentsHosts,
    String helpLine,
    AddressMatch addressMatch,
    @Nullable Path staffCa,
    @Nullable URI staffCrl,
    @Nullable URI staffOcsp,
    @Nullable String database) {
  public static final int DEFAULT_PEOPLE_PORT = 8443;
  public static final int DEFAULT_TRIAL_PORT = 8080;
  public static final int DEFAULT_AGENTS_PORT = 8444;

  private static final int MAX_BYTES = CanonicalJson.MAX_BYTES;
  private static final String ORIGIN =
      "(https://[a-z0-9.-]{1,253}|http://(localhost|127\\.0\\.0\\.1))(:[1-9][0-9]{0,4})?";
  private static final String HOST = "[a-z0-9.-]{1,253}";

  /**
   * @throws IllegalArgumentException for a value outside its documented range; the message names it
   */
  public ServiceConfig {
    agentsHosts = List.copyOf(agentsHosts);
    require(origin.matches(ORIGIN), "origin");
    require(trial || origin.startsWith("https://"), "origin (http needs trial)");
    require(isPort(peoplePort), "people-port");
    require(isPort(agentsPort), "agents-port");
    require(peoplePort == 0 || peoplePort != agentsPort, "agents-port (same as people-port)");
    require(!agentsHosts.isEmpty(), "agents-host");
    require(agentsHosts.stream().allMatch(host -> host.matches(HOST)), "agents-host");
    require(!helpLine.isBlank() && helpLine.length() <= 200, "help-line");
    require(helpLine.codePoints().noneMatch(Character::isISOControl), "help-line");
    require(staffCrl == null || isHttp(staffCrl), "staff-crl");
    require(staffOcsp == null || isHttp(staffOcsp), "staff-ocsp");
    require(database == null || database.startsWith("jdbc:postgresql:"), "database");
  }

  /** Settings with every default. */
  public static ServiceConfig of(
      String origin, boolean trial, List<String> agentsHosts, String helpLine) {
    return new ServiceConfig(
        origin,
        trial,
        trial ? DEFAULT_TRIAL_PORT : DEFAULT_PEOPLE_PORT,
        DEFAULT_AGENTS_PORT,
        agentsHosts,
        helpLine,
        AddressMatch.REQUIRE,
        null,
        null,
        null,
        null);
  }

  /** The origin's host, the first part of every log's origin. */
  public String host() {
    String host = URI.create(origin).getHost();
    if (host == null) {
      throw new IllegalStateException("an origin without host");
    }
    return host;
  }

  /** These settings with other ports, where 0 was resolved to a free one. */
  public ServiceConfig withPorts(int people, int agents) {
    return new ServiceConfig(
        origin,
        trial,
        people,
        agents,
        agentsHosts,
        helpLine,
        addressMatch,
        staffCa,
        staffCrl,
        staffOcsp,
        database);
  }

  /** These settings with other sources of revocation. */
  public ServiceConfig withRevocation(@Nullable URI crl, @Nullable URI ocsp) {
    return new ServiceConfig(
        origin,
        trial,
        peoplePort,
        agentsPort,
        agentsHosts,
        helpLine,
        addressMatch,
        staffCa,
        crl,
        ocsp,
        database);
  }

  /** Writes {@code config.json}, replacing it as a whole. */
  public void write(Path file) throws IOException {
    PrivateFiles.replace(file, bytes());
  }

  /**
   * Reads {@code config.json}.
   *
   * @throws IOException when it is missing, open to others, malformed or out of range; the message
   *     names the file and the setting
   */
  public static ServiceConfig read(Path file) throws IOException {
    try {
      return parse(PrivateFiles.read(file, MAX_BYTES));
    } catch (MalformedException | IllegalArgumentException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  byte[] bytes() {
    Map<String, Object> fields = new TreeMap<>();
    fields.put("v", 1L);
    fields.put("origin", origin);
    fields.put("trial", trial);
    fields.put("peoplePort", peoplePort);
    fields.put("agentsPort", agentsPort);
    fields.put("agentsHosts", agentsHosts);
    fields.put("helpLine", helpLine);
    fields.put("addressMatch", addressMatch.name().toLowerCase(Locale.ROOT));
    if (staffCa != null) {
      fields.put("staffCa", staffCa.toString());
    }
    if (staffCrl != null) {
      fields.put("staffCrl", staffCrl.toString());
    }
    if (staffOcsp != null) {
      fields.put("staffOcsp", staffOcsp.toString());
    }
    if (database != null) {
      fields.put("database", database);
    }
    return CanonicalJson.write(fields);
  }

  static ServiceConfig parse(byte[] bytes) throws MalformedException {
    ConfigFields fields = new ConfigFields(CanonicalJson.read(bytes));
    fields.version(1);
    boolean trial = fields.truth("trial", false);
    String staffCa = fields.optionalText("staffCa");
    String crl = fields.optionalText("staffCrl");
    String ocsp = fields.optionalText("staffOcsp");
    ServiceConfig config =
        new ServiceConfig(
            fields.text("origin"),
            trial,
            fields.port("peoplePort", trial ? DEFAULT_TRIAL_PORT : DEFAULT_PEOPLE_PORT),
            fields.port("agentsPort", DEFAULT_AGENTS_PORT),
            fields.texts("agentsHosts"),
            fields.text("helpLine"),
            fields.addressMatch("addressMatch"),
            staffCa == null ? null : Path.of(staffCa),
            crl == null ? null : URI.create(crl),
            ocsp == null ? null : URI.create(ocsp),
            fields.optionalText("database"));
    fields.requireNothingElse();
    return config;
  }

  /** What comes from there is signed, so that http will do. */
  private static boolean isHttp(URI address) {
    return ("http".equals(address.getScheme()) || "https".equals(address.getScheme()))
        && address.getHost() != null
        && address.getRawUserInfo() == null
        && address.getRawFragment() == null;
  }

  private static boolean isPort(int port) {
    return port >= 0 && port <= 65535;
  }

  private static void require(boolean holds, String setting) {
    if (!holds) {
      throw new IllegalArgumentException("invalid setting: " + setting);
    }
  }
}
