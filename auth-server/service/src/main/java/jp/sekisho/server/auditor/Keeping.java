package jp.sekisho.server.auditor;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import jp.sekisho.server.audit.Cosignatures;
import jp.sekisho.server.audit.OutsideWitness;
import jp.sekisho.server.audit.Retentions;
import jp.sekisho.server.config.Installation;
import jp.sekisho.server.emergency.OpenEmergencies;
import jp.sekisho.server.grant.OpenExceptions;
import jp.sekisho.server.storage.RowSeal;
import jp.sekisho.server.storage.StorageException;
import org.jdbi.v3.core.Handle;

/** How long the logs of an installation are kept. */
public final class Keeping {
  private Keeping() {}

  /** Terms and holds; what open exceptions need stays as well. */
  public static Retentions of(Installation installation) {
    return new Retentions(
        installation.database(),
        installation.directory().keys(),
        installation.seal(),
        installation.logs(),
        installation.transactions(),
        installation.clock(),
        open(installation.seal()),
        () -> seen(installation));
  }

  /** Since when an organ has exceptions or emergencies that are not settled. */
  private static BiFunction<Handle, String, Optional<Instant>> open(RowSeal seal) {
    OpenExceptions exceptions = new OpenExceptions(seal);
    OpenEmergencies emergencies = new OpenEmergencies(seal);
    return (handle, organ) ->
        Stream.of(exceptions.since(handle, organ), emergencies.since(handle, organ))
            .flatMap(Optional::stream)
            .min(Instant::compareTo);
  }

  /** When a witness outside saw one of the logs last; empty where none is asked to. */
  private static Optional<Instant> seen(Installation installation) {
    try {
      List<OutsideWitness> witnesses = OutsideWitness.read(installation.directory().witnesses());
      return witnesses.isEmpty()
          ? Optional.empty()
          : Optional.of(Cosignatures.seen(installation.logs(), witnesses));
    } catch (IOException e) {
      throw new StorageException("the list of witnesses cannot be read", e);
    }
  }
}
