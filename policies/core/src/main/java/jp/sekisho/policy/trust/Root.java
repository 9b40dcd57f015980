package jp.sekisho.policy.trust;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Names;

/**
 * The body of a root file: who may sign what. Lines in this order, lists ascending:
 *
 * <pre>
 * threshold (k, 1 to the number of officers)
 * officer (staff number) (base64url SubjectPublicKeyInfo DER)             1 to 16
 * online (base64url SubjectPublicKeyInfo DER)
 * staff-ca (base64url SHA-256 of the DER of a staff CA)                    0 to 16
 * log (verifier key of a log, C2SP signed note)                            0 to 64
 * witness (verifier key of a witness)                                      0 to 16
 * delegation (organ) (staff number) (base64url SubjectPublicKeyInfo DER)   0 to 64
 * layer (organ)                                                            0 to 64
 * cleared (base64url SHA-256 of a SubjectPublicKeyInfo)                    0 to 1000
 * </pre>
 *
 * @param threshold k: this many different officers must sign
 * @param officers one key each, ascending by staff number; no key twice
 * @param online the service's key for roster and current
 * @param staffCas pins of the CAs of staff cards
 * @param logs verifier keys of the audit logs
 * @param witnesses verifier keys of witnesses outside IT
 * @param delegations who may sign the layers of a single 機関, each of them alone
 * @param layers the 機関 that have layers of their own: their terminals take no set without
 * @param cleared keys whose revocation the officers lift
 */
public record Root(
    int threshold,
    List<Officer> officers,
    TrustKey online,
    List<String> staffCas,
    List<String> logs,
    List<String> witnesses,
    List<Delegation> delegations,
    List<String> layers,
    List<String> cleared) {
  /** Most officers. */
  public static final int MAX_OFFICERS = 16;

  /** Most revocations lifted by one root. */
  public static final int MAX_CLEARED = 1000;

  private static final int MAX_LOGS = 64;
  private static final Pattern VERIFIER_KEY = Pattern.compile("[\\x21-\\x7e]{1,512}");

  /**
   * Somebody who may sign root and policy.
   *
   * @param person staff number
   * @param key of their card
   */
  public record Officer(String person, TrustKey key) {
    /** Checks the staff number. */
    public Officer {
      if (!Names.isPerson(person)) {
        throw new IllegalArgumentException("officer's person is none");
      }
    }
  }

  /** An officer of one 機関. */
  public record Delegation(String organ, Officer officer) {
    /** Checks the organ. */
    public Delegation {
      if (!Names.isOrgan(organ)) {
        throw new IllegalArgumentException("delegation's organ is none");
      }
    }
  }

  /** Checks every number, order and form. */
  public Root {
    officers = List.copyOf(officers);
    staffCas = List.copyOf(staffCas);
    logs = List.copyOf(logs);
    witnesses = List.copyOf(witnesses);
    delegations = List.copyOf(delegations);
    layers = List.copyOf(layers);
    cleared = List.copyOf(cleared);
    size("officers", officers, 1, MAX_OFFICERS);
    if (threshold < 1 || threshold > officers.size()) {
      throw new IllegalArgumentException("threshold is not 1 to the number of officers");
    }
    BodyLines.requireAscending("officers", officers.stream().map(Officer::person).toList());
    List<TrustKey> keys = officers.stream().map(Officer::key).toList();
    if (new HashSet<>(keys).size() != keys.size() || keys.contains(online)) {
      throw new IllegalArgumentException("one key has two owners");
    }
    hashes("staff-ca", staffCas, MAX_OFFICERS);
    hashes("cleared", cleared, MAX_CLEARED);
    verifierKeys("log", logs, MAX_LOGS);
    verifierKeys("witness", witnesses, MAX_OFFICERS);
    size("delegations", delegations, 0, MAX_LOGS);
    BodyLines.requireAscending(
        "delegations",
        delegations.stream().map(one -> one.organ() + " " + one.officer().person()).toList());
    if (delegations.stream().anyMatch(one -> one.officer().key().equals(online))) {
      throw new IllegalArgumentException("the online key signs no rules");
    }
    size("layers", layers, 0, MAX_LOGS);
    BodyLines.requireAscending("layers", layers);
    if (!layers.stream().allMatch(Names::isOrgan)) {
      throw new IllegalArgumentException("layer's organ is none");
    }
  }

  /** A root under which no 機関 has layers of its own. */
  public Root(
      int threshold,
      List<Officer> officers,
      TrustKey online,
      List<String> staffCas,
      List<String> logs,
      List<String> witnesses,
      List<Delegation> delegations,
      List<String> cleared) {
    this(threshold, officers, online, staffCas, logs, witnesses, delegations, List.of(), cleared);
  }

  private static void size(String name, List<?> list, int least, int most) {
    if (list.size() < least || list.size() > most) {
      throw new IllegalArgumentException(name + " are not " + least + " to " + most);
    }
  }

  private static void hashes(String name, List<String> hashes, int most) {
    size(name, hashes, 0, most);
    BodyLines.requireAscending(name, hashes);
    for (String hash : hashes) {
      requireHash(name, hash);
    }
  }

  static void requireHash(String name, String hash) {
    try {
      Base64Url.decode(hash, 32);
    } catch (MalformedException e) {
      throw new IllegalArgumentException(name + " is not base64url of 32 bytes", e);
    }
  }

  private static void verifierKeys(String name, List<String> keys, int most) {
    size(name, keys, 0, most);
    BodyLines.requireAscending(name, keys);
    if (!keys.stream().allMatch(key -> VERIFIER_KEY.matcher(key).matches())) {
      throw new IllegalArgumentException(name + " is no verifier key");
    }
  }

  List<TrustKey> officerKeys() {
    return officers.stream().map(Officer::key).toList();
  }

  /** The keys of those who may sign the layers of {@code organ} alone. */
  List<TrustKey> delegateKeys(String organ) {
    return delegations.stream()
        .filter(one -> one.organ().equals(organ))
        .map(one -> one.officer().key())
        .toList();
  }

  /** Whether these signers, each of whom signed, suffice for a policy for all. */
  boolean lets(List<String> signers) {
    return officerKeys().stream().filter(key -> signers.contains(key.id())).count() >= threshold;
  }

  /** Whether they suffice for a layer of {@code organ}. */
  boolean lets(List<String> signers, String organ) {
    return lets(signers)
        || delegateKeys(organ).stream().anyMatch(key -> signers.contains(key.id()));
  }

  /** The body's bytes. */
  public byte[] bytes() {
    List<String> lines = new ArrayList<>();
    lines.add("threshold " + threshold);
    officers.forEach(one -> lines.add("officer " + one.person() + " " + one.key().spki()));
    lines.add("online " + online.spki());
    staffCas.forEach(one -> lines.add("staff-ca " + one));
    logs.forEach(one -> lines.add("log " + one));
    witnesses.forEach(one -> lines.add("witness " + one));
    for (Delegation one : delegations) {
      Officer officer = one.officer();
      lines.add("delegation " + one.organ() + " " + officer.person() + " " + officer.key().spki());
    }
    layers.forEach(one -> lines.add("layer " + one));
    cleared.forEach(one -> lines.add("cleared " + one));
    return BodyLines.bytes(lines);
  }

  /** The root whose body is exactly {@code body}. */
  public static Root parse(byte[] body) throws MalformedException {
    BodyLines lines = BodyLines.read(body);
    long threshold = BodyLines.number(lines.one("threshold", 1).get(0));
    List<List<String>> officers = lines.all("officer", 2);
    String online = lines.one("online", 1).get(0);
    List<String> staffCas = firsts(lines.all("staff-ca", 1));
    List<String> logs = firsts(lines.all("log", 1));
    List<String> witnesses = firsts(lines.all("witness", 1));
    List<List<String>> delegations = lines.all("delegation", 3);
    List<String> layers = firsts(lines.all("layer", 1));
    List<String> cleared = firsts(lines.all("cleared", 1));
    lines.end();
    if (threshold > MAX_OFFICERS
        || officers.size() > MAX_OFFICERS
        || delegations.size() > MAX_LOGS) {
      throw new MalformedException("too many officers or delegations");
    }
    return BodyLines.sameBytes(
        body,
        () ->
            new Root(
                (int) threshold,
                officers.stream().map(Root::officer).toList(),
                new TrustKey(online),
                staffCas,
                logs,
                witnesses,
                delegations.stream()
                    .map(one -> new Delegation(one.get(0), officer(one.subList(1, 3))))
                    .toList(),
                layers,
                cleared),
        Root::bytes);
  }

  private static Officer officer(List<String> values) {
    return new Officer(values.get(0), new TrustKey(values.get(1)));
  }

  private static List<String> firsts(List<List<String>> lines) {
    return lines.stream().map(line -> line.get(0)).toList();
  }
}
