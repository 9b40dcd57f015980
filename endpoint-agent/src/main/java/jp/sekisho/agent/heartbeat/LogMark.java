package jp.sekisho.agent.heartbeat;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import jp.sekisho.agent.config.StateException;
import jp.sekisho.agent.spool.Spool;
import jp.sekisho.agent.spool.SpoolException;
import jp.sekisho.agent.sync.Reply;
import jp.sekisho.protocol.EventAck;
import jp.sekisho.protocol.EventBatch;
import jp.sekisho.protocol.HeartbeatReply;
import jp.sekisho.protocol.Refusal;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.event.DeviceRecord;

/**
 * The mark this terminal keeps of its log, the newest checkpoint that continued all before it, and
 * what happens when the service contradicts it: {@code LOG_FORK} is recorded once, the mark stays,
 * everything else goes on. Thread-safe.
 *
 * <p>Every heartbeat and every acknowledgement of records is judged. An acknowledgement also has to
 * cover its record, at a place behind those acknowledged before: so the log a terminal is shown
 * must grow with what the terminal itself wrote, and an old checkpoint cannot be shown for ever.
 */
public final class LogMark {
  /** The largest number a record can hold; the size in a signed checkpoint may be larger. */
  private static final long MOST = 1L << 53;

  private static final System.Logger LOG = System.getLogger(LogMark.class.getName());

  private final LogWatch watch;
  private final Standing standing;
  private final Spool spool;

  /** Where a fork is seen at present; guarded by this. */
  private final Set<Source> contradicting = EnumSet.noneOf(Source.class);

  /** Of those, where it was recorded too; guarded by this. */
  private final Set<Source> told = EnumSet.noneOf(Source.class);

  /** Of the newest acknowledgement since the start; guarded by this. */
  private long lastSeq;

  private long lastIndex;

  /** Number of the record about the newest change of generation since the start; 0 without. */
  private long succeededAt;

  private volatile boolean forked;

  private enum Source {
    HEARTBEAT,
    ACKNOWLEDGEMENT
  }

  public LogMark(LogWatch watch, Standing standing, Spool spool) {
    this.watch = watch;
    this.standing = standing;
    this.spool = spool;
  }

  /** Whether what was shown last, in one way or the other, contradicts the mark. */
  public boolean isForked() {
    return forked;
  }

  /** The mark at this moment: to be named in a request and given back with its reply. */
  String kept() {
    return standing.checkpoint();
  }

  /**
   * Judges a heartbeat's reply.
   *
   * @param asked the mark whose size the heartbeat named
   */
  void heard(String asked, HeartbeatReply reply) throws StateException {
    take(Source.HEARTBEAT, asked, watch.judge(asked, reply.checkpoint(), reply.continuation()));
  }

  /** Sends records under the mark kept now, and judges what the service acknowledges. */
  public Reply<EventAck> send(EventBatch batch, Function<EventBatch, Reply<EventAck>> service) {
    String asked = kept();
    Reply<EventAck> reply = service.apply(new EventBatch(batch.records(), LogWatch.size(asked)));
    if (reply instanceof Reply.Ok<EventAck> ok) {
      try {
        take(Source.ACKNOWLEDGEMENT, asked, judge(asked, ok.value()));
      } catch (StateException e) {
        LOG.log(System.Logger.Level.ERROR, "checkpoint not stored", e);
      }
    }
    return reply;
  }

  private synchronized LogWatch.Finding judge(String asked, EventAck ack) {
    LogWatch.Finding finding = watch.judge(asked, ack.checkpoint(), ack.continuation());
    if (!(finding instanceof LogWatch.Continues good)) {
      return finding;
    }
    if (LogWatch.isEarlier(ack.log(), good.checkpoint())) {
      // A record from before the change of generation may be held where it was integrated first;
      // one from after it may not.
      return ack.acknowledged() < succeededAt
          ? good
          : new LogWatch.Forked(LogWatch.size(asked), LogWatch.size(good.checkpoint()));
    }
    long size = LogWatch.size(good.checkpoint());
    long fresh = ack.acknowledged() - lastSeq;
    if (ack.index() < 0 || ack.index() >= size) {
      return new LogWatch.Forked(LogWatch.size(asked), size);
    }
    if (lastSeq > 0 && fresh >= 0 && ack.index() < lastIndex + fresh) {
      // Each record has an entry of its own, behind the one of the record before it.
      return new LogWatch.Forked(lastIndex + fresh + 1, ack.index() + 1);
    }
    if (fresh >= 0) {
      lastSeq = ack.acknowledged();
      lastIndex = ack.index();
    }
    return good;
  }

  private synchronized void take(Source source, String asked, LogWatch.Finding finding)
      throws StateException {
    if (finding instanceof LogWatch.Continues good) {
      told.remove(source);
      contradicting.remove(source);
      forked = !contradicting.isEmpty();
      // Heartbeats and acknowledgements overtake each other: one that was asked for under an older
      // mark says nothing about the newer one, and the next is asked for under that.
      standing.keep(asked, good.checkpoint());
    } else if (finding instanceof LogWatch.Succeeds next) {
      succeed(asked, next);
    } else if (finding instanceof LogWatch.Forked fork) {
      contradicting.add(source);
      forked = true;
      if (!told.contains(source)) {
        tell(source, fork);
      }
    }
  }

  /** First the record, then the mark: no terminal changes over silently. */
  private void succeed(String asked, LogWatch.Succeeds next) throws StateException {
    if (!asked.equals(kept())) {
      return; // another answer was first
    }
    LOG.log(
        System.Logger.Level.WARNING,
        "the log of the service goes on in generation {0}, which the officers signed for",
        next.to());
    try {
      DeviceRecord told =
          spool.append(
              new AgentEvent.LogSucceeded(
                  next.from(), next.to(), Math.min(next.held(), MOST), next.root()));
      standing.keep(asked, next.checkpoint());
      succeededAt = told.seq();
      lastSeq = 0;
      lastIndex = 0;
      this.told.clear();
      contradicting.clear();
      forked = false;
    } catch (SpoolException e) {
      LOG.log(System.Logger.Level.ERROR, "the change of generation could not be recorded", e);
    }
  }

  /** Once: the record of it makes the forked log grow, so that every beat would show a new one. */
  private void tell(Source source, LogWatch.Forked fork) {
    LOG.log(
        System.Logger.Level.ERROR,
        "LOG_FORK: the log of the service does not continue the checkpoint kept here");
    try {
      spool.append(
          new AgentEvent.Alarm(
              Refusal.LOG_FORK,
              Map.of("held", Math.min(fork.held(), MOST), "shown", Math.min(fork.shown(), MOST))));
      told.add(source);
    } catch (SpoolException e) {
      // Tried again the next time; the rest of the reply counts all the same.
      LOG.log(System.Logger.Level.ERROR, "LOG_FORK not recorded", e);
    }
  }
}
