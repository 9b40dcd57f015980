package jp.sekisho.agent.ipc;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.OptionalInt;

/** A user's connection to the agent's service. */
final class ServiceSocket {
  private ServiceSocket() {}

  /**
   * Connects, and only to a service that runs as root or as the same user, so that no other user's
   * program can take its place.
   */
  static SocketChannel connect(Path socket, PeerUsers peers) throws IOException {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    boolean kept = false;
    try {
      OptionalInt service = peers.uidOf(channel);
      kept = service.isPresent() && (service.getAsInt() == 0 || service.getAsInt() == peers.own());
      if (!kept) {
        throw new IOException("the service at " + socket + " runs as a foreign user");
      }
      return channel;
    } finally {
      if (!kept) {
        channel.close();
      }
    }
  }
}
