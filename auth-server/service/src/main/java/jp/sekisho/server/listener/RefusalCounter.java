package jp.sekisho.server.listener;

import java.net.InetAddress;
import jp.sekisho.protocol.Refusal;

/**
 * Takes note of a refusal that nobody authenticated stands behind; the owner counts them per
 * source, reason and minute and writes the counts into the log.
 */
@FunctionalInterface
public interface RefusalCounter {
  /**
   * Counts one refusal; returns at once and never throws.
   *
   * @param source address of the socket's peer, never a header's
   */
  void count(InetAddress source, Refusal refusal);
}
