package jp.sekisho.agent.platform.linux;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import jp.sekisho.agent.loopback.Peers;

/**
 * Owners of TCP connections by the kernel's tables {@code /proc/net/tcp} and {@code tcp6}.
 * Stateless and thread-safe.
 *
 * <p>Only established connections count: a closing one is shown with uid 0 once its program is
 * gone. Addresses stand there as 32-bit words in the machine's byte order, ports as numbers; an
 * IPv4 connection of a program with IPv6 sockets stands in {@code tcp6} as ::ffff:a.b.c.d. The
 * table is not a snapshot: a row can be missed while others come and go, so a connection that is
 * not found is looked for again.
 */
public final class ProcNetTcp implements Peers {
  private static final String ESTABLISHED = "01";
  private static final int READINGS = 3;

  private final List<Path> tables;
  private final ByteOrder order;

  /** A row for the wanted connection; two readings of it are equal. */
  private record Owner(int uid, String inode) {}

  public ProcNetTcp() {
    this(List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6")), ByteOrder.nativeOrder());
  }

  ProcNetTcp(List<Path> tables, ByteOrder order) {
    this.tables = List.copyOf(tables);
    this.order = order;
  }

  @Override
  public OptionalInt uidOf(InetSocketAddress client, InetSocketAddress server) {
    for (int reading = 0; reading < READINGS; reading++) {
      Set<Owner> owners = new HashSet<>();
      for (Path table : tables) {
        try {
          collect(table, client, server, owners);
        } catch (NoSuchFileException e) {
          // A kernel without IPv6 has one table.
        } catch (IOException e) {
          return OptionalInt.empty();
        }
      }
      if (owners.size() == 1) {
        return OptionalInt.of(owners.iterator().next().uid());
      }
      if (owners.size() > 1) {
        return OptionalInt.empty();
      }
    }
    return OptionalInt.empty();
  }

  private void collect(
      Path table, InetSocketAddress client, InetSocketAddress server, Set<Owner> owners)
      throws IOException {
    try (BufferedReader rows = Files.newBufferedReader(table, StandardCharsets.US_ASCII)) {
      rows.readLine();
      for (String row = rows.readLine(); row != null; row = rows.readLine()) {
        // sl local rem st tx:rx tr:when retrnsmt uid timeout inode …
        String[] columns = row.strip().split("\\s+", 11);
        if (columns.length > 9
            && columns[3].equals(ESTABLISHED)
            && address(columns[1]).filter(client::equals).isPresent()
            && address(columns[2]).filter(server::equals).isPresent()) {
          owners.add(new Owner(uid(columns[7]), columns[9]));
        }
      }
    }
  }

  private static int uid(String column) throws IOException {
    try {
      return Integer.parseUnsignedInt(column);
    } catch (NumberFormatException e) {
      throw new IOException("no uid in the kernel's table", e);
    }
  }

  /** The address in {@code 0100007F:BA05}; empty when it is of another form. */
  private Optional<InetSocketAddress> address(String column) {
    int colon = column.indexOf(':');
    if ((colon != 8 && colon != 32) || column.length() != colon + 5) {
      return Optional.empty();
    }
    try {
      ByteBuffer words = ByteBuffer.wrap(HexFormat.of().parseHex(column, 0, colon));
      ByteBuffer network = ByteBuffer.allocate(words.remaining());
      while (words.hasRemaining()) {
        int word = words.getInt();
        network.putInt(order == ByteOrder.BIG_ENDIAN ? word : Integer.reverseBytes(word));
      }
      // Gives the IPv4 address for a mapped one.
      return Optional.of(
          new InetSocketAddress(
              InetAddress.getByAddress(network.array()),
              HexFormat.fromHexDigits(column, colon + 1, column.length())));
    } catch (IllegalArgumentException | UnknownHostException e) {
      return Optional.empty();
    }
  }
}
