package jp.sekisho.agent.heartbeat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import jp.sekisho.audit.FormatException;
import jp.sekisho.audit.checkpoint.Checkpoint;
import jp.sekisho.audit.checkpoint.CheckpointOpening;
import jp.sekisho.audit.checkpoint.TrustedKeys;
import jp.sekisho.audit.note.SignedNote;
import jp.sekisho.audit.note.VerifierKey;
import jp.sekisho.audit.tree.ConsistencyProof;
import jp.sekisho.audit.tree.Hash;
import jp.sekisho.protocol.Base64Url;
import jp.sekisho.protocol.MalformedException;

/**
 * Judges each checkpoint the service shows against the one this terminal keeps: the past it kept a
 * mark of may grow and may not change. Keys come from the officers' root, so that the service
 * cannot bring its own; only with their signature does a log go on in a later generation, and never
 * back in an earlier one. Immutable.
 */
public final class LogWatch {
  private static final int MAX_PATH = 64;
  private static final Pattern GENERATION = Pattern.compile(".{1,512}/[0-9]{1,9}");

  private final Pattern origin;
  private final Supplier<List<String>> keys;

  /**
   * @param organ 機関 whose log this terminal's records go to
   * @param keys verifier keys of logs in the root that counts now; empty while none does
   */
  public LogWatch(String organ, Supplier<List<String>> keys) {
    this.origin = Pattern.compile("[^/]{1,255}/log/" + Pattern.quote(organ) + "/[0-9]{1,9}");
    this.keys = keys;
  }

  /** What is to be made of a checkpoint. */
  sealed interface Finding {}

  /** It continues the one kept; to be kept in its place. */
  record Continues(String checkpoint) implements Finding {}

  /**
   * The log goes on in a later generation, whose key the officers signed: what was kept cannot be
   * compared with it and is to be recorded before it is replaced.
   *
   * @param from generation of the checkpoint kept
   * @param to generation of the one shown
   * @param held entries of the one kept
   * @param root its root hash, base64
   */
  record Succeeds(String checkpoint, long from, long to, long held, String root)
      implements Finding {}

  /** No officer-signed key for this log is known here yet: nothing can be judged or kept. */
  record Unjudged() implements Finding {}

  /**
   * It does not verify, is older, or its log is another one than the one kept: somebody rewrote the
   * past, or shows this terminal another log than others.
   *
   * @param held entries of the checkpoint kept
   * @param shown entries it claims; -1 when it is no checkpoint of this log at all
   */
  record Forked(long held, long shown) implements Finding {}

  /** How many entries a kept checkpoint covers; 0 without one. */
  static long size(String checkpoint) {
    try {
      return checkpoint.isEmpty() ? 0 : parse(note(checkpoint)).size();
    } catch (FormatException e) {
      return 0;
    }
  }

  /**
   * Judges.
   *
   * @param kept the signed note kept, judged before; empty before the first
   * @param shown the signed note the service shows
   * @param path its proof from the size of {@code kept}, base64url of 32 bytes each
   */
  Finding judge(String kept, String shown, List<String> path) {
    List<VerifierKey> ours = keysOfThisLog();
    if (ours.isEmpty()) {
      return new Unjudged();
    }
    long held = size(kept);
    try {
      SignedNote note = note(shown);
      Checkpoint newer = parse(note);
      Optional<VerifierKey> key =
          ours.stream().filter(one -> one.name().equals(newer.origin())).findFirst();
      if (key.isEmpty()
          || !(new TrustedKeys(key.get(), List.of()).open(note)
              instanceof CheckpointOpening.Opened)) {
        return new Forked(held, -1);
      }
      if (kept.isEmpty()) {
        return new Continues(shown);
      }
      Checkpoint older = parse(note(kept));
      long from = generation(older.origin());
      long to = generation(newer.origin());
      if (to > from && log(older.origin()).equals(log(newer.origin()))) {
        String root = Base64.getEncoder().encodeToString(older.root().bytes());
        return new Succeeds(shown, from, to, held, root);
      }
      return continues(older, newer, path) ? new Continues(shown) : new Forked(held, newer.size());
    } catch (FormatException | MalformedException e) {
      return new Forked(held, -1);
    }
  }

  private static boolean continues(Checkpoint older, Checkpoint newer, List<String> path)
      throws FormatException, MalformedException {
    if (!older.origin().equals(newer.origin())
        || newer.size() < older.size()
        || path.size() > MAX_PATH) {
      return false;
    }
    List<Hash> hashes = new ArrayList<>();
    for (String hash : path) {
      hashes.add(Hash.of(Base64Url.decode(hash, Hash.SIZE)));
    }
    return new ConsistencyProof(older.size(), newer.size(), hashes)
        .proves(older.root(), newer.root());
  }

  /** The number behind the last slash; origins here match {@link #origin}. */
  private static long generation(String origin) {
    return Long.parseLong(origin.substring(origin.lastIndexOf('/') + 1));
  }

  private static String log(String origin) {
    return origin.substring(0, origin.lastIndexOf('/'));
  }

  /** Whether {@code origin} is an earlier generation of the log whose checkpoint this is. */
  static boolean isEarlier(String origin, String checkpoint) {
    try {
      String newer = parse(note(checkpoint)).origin();
      return GENERATION.matcher(origin).matches()
          && GENERATION.matcher(newer).matches()
          && log(origin).equals(log(newer))
          && generation(origin) < generation(newer);
    } catch (FormatException e) {
      return false;
    }
  }

  private List<VerifierKey> keysOfThisLog() {
    List<VerifierKey> found = new ArrayList<>();
    for (String text : keys.get()) {
      try {
        VerifierKey key = VerifierKey.parse(text);
        if (origin.matcher(key.name()).matches()) {
          found.add(key);
        }
      } catch (FormatException e) {
        // The officers signed something else into the root: no key of ours.
      }
    }
    return found;
  }

  private static SignedNote note(String text) throws FormatException {
    return SignedNote.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Checkpoint parse(SignedNote note) throws FormatException {
    return Checkpoint.parse(note.text());
  }
}
