package jp.sekisho.agent.ipc;

import java.nio.channels.SocketChannel;
import java.util.OptionalInt;

/** Users of local sockets, as the kernel knows them. */
public interface PeerUsers {
  /** The effective user id of this process. */
  int own();

  /**
   * The user at the other end of a connected Unix socket, as it was when the socket was connected.
   *
   * @return empty when it cannot be told without doubt: then the caller refuses
   */
  OptionalInt uidOf(SocketChannel channel);
}
