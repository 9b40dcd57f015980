package jp.sekisho.agent.testing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import jp.sekisho.agent.cardtrust.CardTrust;
import jp.sekisho.agent.sync.Reply;
import jp.sekisho.protocol.CardKind;
import jp.sekisho.protocol.CardTrustList;
import jp.sekisho.protocol.CardTrustOffer;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.WireJson;
import org.jspecify.annotations.Nullable;

/** What a service judges cards by, as docs/protocol.md has it; a test changes it as it likes. */
public final class TrustSource implements CardTrust.Source {
  /** DER by name: a test may put other bytes under one. */
  public final Map<String, byte[]> parts = new ConcurrentHashMap<>();

  /** What was asked, in order: {@code list} or a part's name. */
  public final List<String> asked = new CopyOnWriteArrayList<>();

  /** Whether anybody answers. */
  public volatile boolean reachable = true;

  /** Instead of the list. */
  public volatile byte @Nullable [] instead;

  private final Map<CardKind, CardTrustOffer> offers = new LinkedHashMap<>();

  /** From now on this kind is judged so. */
  public synchronized void judge(
      CardKind kind, List<byte[]> anchors, List<byte[]> lists, @Nullable String requiredPolicy) {
    offers.put(
        kind,
        new CardTrustOffer(
            kind.text(),
            names(anchors),
            names(lists),
            requiredPolicy,
            Stream.concat(anchors.stream(), lists.stream()).mapToLong(der -> der.length).sum(),
            7 * 24 * 3600));
  }

  private List<String> names(List<byte[]> all) {
    List<String> names = new ArrayList<>();
    for (byte[] der : all) {
      String name = Sha256.text(der);
      parts.put(name, der);
      names.add(name);
    }
    return names;
  }

  @Override
  public synchronized Reply<Optional<byte[]>> list(@Nullable String tag) {
    asked.add("list");
    if (!reachable) {
      return new Reply.Unreachable<>("scripted");
    }
    byte[] other = instead;
    byte[] list =
        other != null ? other : WireJson.write(new CardTrustList(new ArrayList<>(offers.values())));
    return new Reply.Ok<>(Sha256.text(list).equals(tag) ? Optional.empty() : Optional.of(list));
  }

  @Override
  public Reply<byte[]> part(String name, int largest) {
    asked.add(name);
    byte[] part = parts.get(name);
    if (!reachable) {
      return new Reply.Unreachable<>("scripted");
    }
    return part == null
        ? new Reply.Refused<>(Refusal.NOT_FOUND, "NOT_FOUND")
        : new Reply.Ok<>(part);
  }
}
