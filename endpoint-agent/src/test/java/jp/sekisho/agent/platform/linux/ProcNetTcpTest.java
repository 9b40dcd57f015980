package jp.sekisho.agent.platform.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcNetTcpTest {
  private static final String HEAD =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout"
          + " inode\n";
  private static final InetSocketAddress CLIENT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 40000);
  private static final InetSocketAddress SERVER =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 47621);

  @TempDir Path directory;

  private static String row(String local, String remote, String state, String uid, int inode) {
    return "  12: "
        + local
        + " "
        + remote
        + " "
        + state
        + " 00000000:00000000 00:00000000 00000000  "
        + uid
        + "        0 "
        + inode
        + " 1 0000000000000000 20 4 30 10 -1\n";
  }

  private OptionalInt uid(ByteOrder order, String tcp, String tcp6) throws IOException {
    return new ProcNetTcp(
            List.of(
                Files.writeString(directory.resolve("tcp"), HEAD + tcp),
                Files.writeString(directory.resolve("tcp6"), HEAD + tcp6)),
            order)
        .uidOf(CLIENT, SERVER);
  }

  @Test
  void clientsRowIsFoundAndNotTheServers() throws Exception {
    assertEquals(
        OptionalInt.of(1001),
        uid(
            ByteOrder.LITTLE_ENDIAN,
            row("0100007F:BA05", "0100007F:9C40", "01", "0", 1)
                + row("0100007F:9C40", "0100007F:BA05", "01", "1001", 2)
                + row("0100007F:9C41", "0100007F:BA05", "01", "1002", 3),
            ""));
  }

  @Test
  void wordsAreInTheMachinesOrder() throws Exception {
    String big = row("7F000001:9C40", "7F000001:BA05", "01", "1001", 2);
    assertEquals(OptionalInt.of(1001), uid(ByteOrder.BIG_ENDIAN, big, ""));
    assertEquals(OptionalInt.empty(), uid(ByteOrder.LITTLE_ENDIAN, big, ""));
  }

  @Test
  void mappedAddressesStandInTheTableOfIpv6() throws Exception {
    assertEquals(
        OptionalInt.of(1001),
        uid(
            ByteOrder.LITTLE_ENDIAN,
            "",
            row(
                "0000000000000000FFFF00000100007F:9C40",
                "0000000000000000FFFF00000100007F:BA05",
                "01",
                "1001",
                2)));
  }

  @Test
  void closingConnectionsDoNotCountTheirUidIsGone() throws Exception {
    for (String state : new String[] {"04", "05", "06", "08", "0A"}) {
      assertEquals(
          OptionalInt.empty(),
          uid(ByteOrder.LITTLE_ENDIAN, row("0100007F:9C40", "0100007F:BA05", state, "0", 0), ""));
    }
  }

  @Test
  void ambiguousRowsAreNobodysAndRepeatedReadingsAreOne() throws Exception {
    String one = row("0100007F:9C40", "0100007F:BA05", "01", "1001", 2);
    String other = row("0100007F:9C40", "0100007F:BA05", "01", "1002", 3);
    String sameUser = row("0100007F:9C40", "0100007F:BA05", "01", "1001", 4);
    assertEquals(OptionalInt.empty(), uid(ByteOrder.LITTLE_ENDIAN, one + other, ""));
    assertEquals(OptionalInt.empty(), uid(ByteOrder.LITTLE_ENDIAN, one + sameUser, ""));
    assertEquals(OptionalInt.of(1001), uid(ByteOrder.LITTLE_ENDIAN, one + one, ""));
  }

  @Test
  void brokenRowsAreNobodys() throws Exception {
    for (String row :
        new String[] {
          "",
          "\n",
          "x\n",
          row("0100007F:9C4", "0100007F:BA05", "01", "1001", 2),
          row("01000X7F:9C40", "0100007F:BA05", "01", "1001", 2),
          row("0100007F:9C40", "0100007F:BA05", "01", "root", 2)
        }) {
      assertEquals(OptionalInt.empty(), uid(ByteOrder.LITTLE_ENDIAN, row, ""), row);
    }
  }

  @Test
  void missingTablesAreNobodys() {
    assertEquals(
        OptionalInt.empty(),
        new ProcNetTcp(List.of(directory.resolve("none")), ByteOrder.LITTLE_ENDIAN)
            .uidOf(CLIENT, SERVER));
  }

  @Test
  void realConnectionIsThisProcessesUser() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket client = new Socket(InetAddress.getLoopbackAddress(), server.getLocalPort());
        Socket accepted = server.accept()) {
      InetSocketAddress clientEnd = (InetSocketAddress) accepted.getRemoteSocketAddress();
      InetSocketAddress serverEnd = (InetSocketAddress) accepted.getLocalSocketAddress();
      ProcNetTcp kernel = new ProcNetTcp();
      assertEquals(OptionalInt.of(new PeerCredentials().own()), kernel.uidOf(clientEnd, serverEnd));
      assertEquals(
          OptionalInt.empty(),
          kernel.uidOf(clientEnd, new InetSocketAddress("127.0.0.2", serverEnd.getPort())));
      client.shutdownOutput();
      assertEquals(OptionalInt.empty(), kernel.uidOf(clientEnd, serverEnd));
    }
  }
}
