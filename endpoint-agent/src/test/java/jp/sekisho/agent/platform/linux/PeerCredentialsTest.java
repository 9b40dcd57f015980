package jp.sekisho.agent.platform.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeerCredentialsTest {
  @TempDir Path directory;
  private final PeerCredentials credentials = new PeerCredentials();

  @Test
  void bothEndsOfASocketSeeThisProcessesUser() throws Exception {
    Path path = directory.resolve("s");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(path));
          SocketChannel accepted = server.accept()) {
        int owner = (Integer) Files.getAttribute(path, "unix:uid");
        assertEquals(owner, credentials.own());
        assertEquals(OptionalInt.of(owner), credentials.uidOf(accepted));
        assertEquals(OptionalInt.of(owner), credentials.uidOf(client));
      }
    }
  }

  @Test
  void channelThatIsNoUnixSocketIsNobodys() throws Exception {
    try (SocketChannel tcp = SocketChannel.open()) {
      assertEquals(OptionalInt.empty(), credentials.uidOf(tcp));
    }
  }

  @Test
  void knownUserIsItsUid() throws Exception {
    assertEquals(OptionalInt.of(0), PeerCredentials.uidOf(principal("root")));
    assertEquals(OptionalInt.of(65534), PeerCredentials.uidOf(principal("nobody")));
  }

  @Test
  void uidWithoutANameIsItsNumber() throws Exception {
    assertEquals(OptionalInt.of(1999999), PeerCredentials.uidOf(principal("1999999")));
  }

  /** As when two uids share a name: the name leads to another principal than the kernel's. */
  @Test
  void nameThatLeadsToAnotherUserIsNobodys() throws Exception {
    UserPrincipal peer = () -> "root";
    assertEquals(OptionalInt.empty(), PeerCredentials.uidOf(peer));
  }

  private static UserPrincipal principal(String name) throws Exception {
    return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(name);
  }
}
