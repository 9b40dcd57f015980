package jp.sekisho.policy.source;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import jp.sekisho.policy.trust.DraftFile;
import jp.sekisho.policy.trust.Root;
import jp.sekisho.policy.trust.Root.Delegation;
import jp.sekisho.policy.trust.Root.Officer;
import jp.sekisho.policy.trust.ServiceKeys;
import jp.sekisho.policy.trust.SignedFile;
import jp.sekisho.policy.trust.TrustKey;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.statement.TrustHeader;
import jp.sekisho.protocol.statement.TrustKind;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * What becomes of a root: officers and delegates that come or go, k, keys of the service, layers,
 * and revocations lifted. Without a root before it, the first one of a production.
 */
final class RotateRoot {
  private static final int MAX_CERTIFICATE = 64 * 1024;

  @Option(names = "--root", paramLabel = "DIR", descriptionKey = "root.before")
  private @Nullable Path before;

  @Option(
      names = "--add-officer",
      paramLabel = "NUMBER:CERTIFICATE",
      descriptionKey = "root.add-officer")
  private List<String> added = List.of();

  @Option(names = "--remove-officer", paramLabel = "NUMBER", descriptionKey = "root.remove-officer")
  private List<String> removed = List.of();

  @Option(names = "--threshold", paramLabel = "K", descriptionKey = "root.threshold")
  private @Nullable Integer threshold;

  @Option(
      names = "--delegate",
      paramLabel = "ORGAN:NUMBER:CERTIFICATE",
      descriptionKey = "root.delegate")
  private List<String> delegates = List.of();

  @Option(
      names = "--remove-delegate",
      paramLabel = "ORGAN:NUMBER",
      descriptionKey = "root.remove-delegate")
  private List<String> removedDelegates = List.of();

  @Option(names = "--remove-layer", paramLabel = "ORGAN", descriptionKey = "root.remove-layer")
  private List<String> removedLayers = List.of();

  @Option(names = "--clear", paramLabel = "HASH", descriptionKey = "root.clear")
  private List<String> cleared = List.of();

  @Option(names = "--signer", paramLabel = "NUMBER", descriptionKey = "draft.signer")
  private List<String> signers = List.of();

  /** What is wrong with what was asked for; {@code argument} fills its message. */
  static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;
    private final String code;
    private final String argument;

    RefusedException(String code, String argument) {
      super(code);
      this.code = code;
      this.argument = argument;
    }

    String code() {
      return code;
    }

    String argument() {
      return argument;
    }
  }

  /**
   * The draft of the root.
   *
   * @param service its keys; null to keep those of the root before
   * @param layers 機関 that have layers from now on, too
   */
  DraftFile draft(@Nullable ServiceKeys service, List<String> layers, Instant now)
      throws InputFile.UnreadableException, MalformedException, RefusedException {
    SignedFile old = before == null ? null : TrustFiles.read(before, TrustKind.ROOT);
    Root from = old == null ? null : Root.parse(old.bodyBytes());
    if (from == null && service == null) {
      throw new RefusedException("SERVICE_NONE", "--service");
    }
    Map<String, Officer> officers = new TreeMap<>();
    Map<String, Delegation> delegations = new TreeMap<>();
    if (from != null) {
      from.officers().forEach(one -> officers.put(one.person(), one));
      from.delegations().forEach(one -> delegations.put(name(one), one));
    }
    Map<String, TrustKey> known = new TreeMap<>();
    officers.values().forEach(one -> known.put(one.person(), one.key()));
    for (String number : removed) {
      if (officers.remove(number) == null) {
        throw new RefusedException("OFFICER_UNKNOWN", number);
      }
    }
    for (String text : added) {
      String[] parts = text.split(":", 2);
      if (parts.length != 2) {
        throw new RefusedException("OFFICER", text);
      }
      Officer officer = officer(text, parts[0], parts[1]);
      officers.put(parts[0], officer);
      known.put(parts[0], officer.key());
    }
    for (String text : removedDelegates) {
      if (delegations.remove(text.replace(':', ' ')) == null) {
        throw new RefusedException("OFFICER_UNKNOWN", text);
      }
    }
    for (String text : delegates) {
      String[] parts = text.split(":", 3);
      if (parts.length != 3) {
        throw new RefusedException("OFFICER", text);
      }
      try {
        Delegation one = new Delegation(parts[0], officer(text, parts[1], parts[2]));
        delegations.put(name(one), one);
      } catch (IllegalArgumentException e) {
        throw new RefusedException("OFFICER", text);
      }
    }
    byte[] body = body(from, service, officers, delegations, layers);
    return DraftFile.of(
        TrustHeader.of(
            TrustKind.ROOT,
            null,
            old == null ? 1 : old.header().version() + 1,
            now,
            now.plus(TrustKind.ROOT.maxLife()),
            old != null && old.header().trial(),
            ids(known),
            body),
        body);
  }

  private byte[] body(
      @Nullable Root from,
      @Nullable ServiceKeys service,
      Map<String, Officer> officers,
      Map<String, Delegation> delegations,
      List<String> layers)
      throws RefusedException {
    List<String> all = new ArrayList<>(from == null ? List.of() : from.layers());
    for (String organ : removedLayers) {
      if (!all.remove(organ)) {
        throw new RefusedException("OFFICER_UNKNOWN", organ);
      }
    }
    all.addAll(layers);
    List<String> free = new ArrayList<>(from == null ? List.of() : from.cleared());
    free.addAll(cleared);
    int k = threshold != null ? threshold : from == null ? 2 : from.threshold();
    try {
      if (service == null && from != null) {
        service = new ServiceKeys(from.online(), from.staffCas(), from.logs());
      }
      if (service == null) {
        throw new RefusedException("SERVICE_NONE", "--service");
      }
      return new Root(
              k,
              List.copyOf(officers.values()),
              service.online(),
              service.staffCas(),
              service.logs(),
              from == null ? List.of() : from.witnesses(),
              delegations.values().stream().sorted(Comparator.comparing(RotateRoot::name)).toList(),
              List.copyOf(new TreeSet<>(all)),
              List.copyOf(new TreeSet<>(free)))
          .bytes();
    } catch (IllegalArgumentException e) {
      throw new RefusedException("ROOT", String.valueOf(e.getMessage()));
    }
  }

  private List<String> ids(Map<String, TrustKey> known) throws RefusedException {
    TreeSet<String> ids = new TreeSet<>();
    for (String number : signers) {
      TrustKey key = known.get(number);
      if (key == null) {
        throw new RefusedException("SIGNER", number);
      }
      ids.add(key.id());
    }
    if (ids.isEmpty()) {
      throw new RefusedException("SIGNER", "--signer");
    }
    return List.copyOf(ids);
  }

  private static String name(Delegation one) {
    return one.organ() + " " + one.officer().person();
  }

  private static Officer officer(String text, String number, String file)
      throws InputFile.UnreadableException, RefusedException {
    byte[] bytes = InputFile.read(Path.of(file), InputStream.nullInputStream(), MAX_CERTIFICATE);
    try {
      return new Officer(
          number,
          TrustKey.of(
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(bytes))
                  .getPublicKey()));
    } catch (CertificateException | IllegalArgumentException e) {
      throw new RefusedException("OFFICER", text);
    }
  }

  /** The lines of a root's body that go (-) and come (+); keys by the hash people compare. */
  static List<String> words(@Nullable SignedFile before, byte[] body) {
    List<String> old = before == null ? List.of() : lines(before.bodyBytes());
    List<String> now = lines(body);
    return Stream.concat(
            old.stream().filter(line -> !now.contains(line)).map(line -> "  - " + line),
            now.stream().filter(line -> !old.contains(line)).map(line -> "  + " + line))
        .toList();
  }

  /** {@code body} was parsed before. */
  private static List<String> lines(byte[] body) {
    List<String> lines = new ArrayList<>();
    for (String line : new String(body, StandardCharsets.US_ASCII).lines().toList()) {
      String[] words = line.split(" ", -1);
      boolean key = List.of("officer", "delegation", "online").contains(words[0]);
      if (key) {
        words[words.length - 1] = new TrustKey(words[words.length - 1]).id();
      }
      lines.add(String.join(" ", words));
    }
    return lines;
  }
}
