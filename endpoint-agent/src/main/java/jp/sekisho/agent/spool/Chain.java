package jp.sekisho.agent.spool;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import jp.sekisho.protocol.MalformedException;
import jp.sekisho.protocol.Sha256;
import jp.sekisho.protocol.event.AgentEvent;
import jp.sekisho.protocol.event.DeviceRecord;
import org.jspecify.annotations.Nullable;

/** The records still on the disk, in memory: numbers and hashes in order. Not thread-safe. */
final class Chain {
  private final String terminal;
  private final String boot;
  private final ArrayDeque<byte[]> payloads = new ArrayDeque<>();
  private long firstSeq = 1;
  private String head = DeviceRecord.GENESIS;

  private Chain(String terminal, String boot) {
    this.terminal = terminal;
    this.boot = boot;
  }

  /** Reads what the segments hold and refuses anything but one unbroken chain of this terminal. */
  static Chain check(
      String terminal, String boot, NavigableMap<Long, List<byte[]>> segments, Acknowledged ack)
      throws SpoolException {
    Chain chain = new Chain(terminal, boot);
    chain.firstSeq = segments.firstKey();
    @Nullable String expected = chain.firstSeq == 1 ? DeviceRecord.GENESIS : null;
    for (Map.Entry<Long, List<byte[]>> segment : segments.entrySet()) {
      if (segment.getKey() != chain.lastSeq() + 1) {
        throw Frame.corrupt("segment " + segment.getKey() + " does not follow");
      }
      for (byte[] payload : segment.getValue()) {
        DeviceRecord record = parse(payload);
        if (record.seq() != chain.lastSeq() + 1
            || !record.terminal().equals(terminal)
            || (expected != null && !record.prev().equals(expected))) {
          throw Frame.corrupt("record " + (chain.lastSeq() + 1) + " does not follow");
        }
        chain.add(payload, record);
        expected = chain.head;
      }
    }
    if (chain.payloads.isEmpty()) {
      // A fresh segment after a roll holds no hash to go on from: take the acknowledged one.
      chain.head = ack.head();
    }
    String ours = chain.hashOf(ack.seq());
    boolean behind = chain.lastSeq() < ack.seq() || chain.firstSeq > ack.seq() + 1;
    if (behind || (ours != null && !ours.equals(ack.head()))) {
      throw Frame.corrupt("the chain is not the acknowledged one");
    }
    return chain;
  }

  private static DeviceRecord parse(byte[] payload) throws SpoolException {
    try {
      return DeviceRecord.parse(payload);
    } catch (MalformedException e) {
      throw Frame.corrupt("record: " + e.getMessage());
    }
  }

  String terminal() {
    return terminal;
  }

  long firstSeq() {
    return firstSeq;
  }

  long lastSeq() {
    return firstSeq + payloads.size() - 1;
  }

  DeviceRecord next(AgentEvent event, Instant time) {
    return DeviceRecord.of(terminal, boot, lastSeq() + 1, head, time, event);
  }

  void add(byte[] payload, DeviceRecord record) {
    payloads.add(payload);
    head = record.hash();
  }

  /** Hash of record {@code seq}; genesis for 0, null when it is not here. */
  @Nullable String hashOf(long seq) {
    if (seq == 0) {
      return DeviceRecord.GENESIS;
    }
    if (seq == lastSeq()) {
      return head;
    }
    if (seq < firstSeq || seq > lastSeq()) {
      return null;
    }
    Iterator<byte[]> at = payloads.iterator();
    for (long i = firstSeq; i < seq; i++) {
      at.next();
    }
    return Sha256.text(at.next());
  }

  List<DeviceRecord> after(long seq, int max, int maxBytes) {
    List<DeviceRecord> records = new ArrayList<>();
    long bytes = 0;
    long at = firstSeq;
    for (byte[] payload : payloads) {
      if (at++ <= seq) {
        continue;
      }
      bytes += payload.length;
      if (records.size() == max || (bytes > maxBytes && !records.isEmpty())) {
        break;
      }
      try {
        records.add(DeviceRecord.parse(payload));
      } catch (MalformedException e) {
        throw new IllegalStateException("a record checked before", e);
      }
    }
    return records;
  }

  void forgetBefore(long seq) {
    while (firstSeq < seq && !payloads.isEmpty()) {
      payloads.removeFirst();
      firstSeq++;
    }
  }
}
