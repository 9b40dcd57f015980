package jp.sekisho.agent.loopback;

import java.net.InetSocketAddress;
import java.util.OptionalInt;

/** Who holds the other end of a local TCP connection, as the kernel knows it. */
public interface Peers {
  /**
   * The user that owns the client's socket of one established connection.
   *
   * @param client the connection's client end, as the server sees it
   * @param server the server's end
   * @return empty when the kernel shows no such connection or more than one: then the caller
   *     refuses
   */
  OptionalInt uidOf(InetSocketAddress client, InetSocketAddress server);
}
