package jp.sekisho.smartcard.testing;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Optional;
import jdk.net.ExtendedSocketOptions;
import jp.sekisho.smartcard.simulate.NewCard;
import jp.sekisho.smartcard.simulate.PivApplet;

/**
 * A virtual PIV card in a slot of vpcd that prints how long the card itself worked on each command,
 * in nanoseconds, a line each: what a login takes beyond that is ours.
 */
public final class TimedCard {
  private static final byte[] ATR = HexFormat.of().parseHex("3B80800101");

  private TimedCard() {}

  /**
   * Runs until vpcd hangs up.
   *
   * @param arguments port and the card's directory
   */
  public static void main(String[] arguments) throws IOException {
    PivApplet card =
        PivApplet.open(
            Path.of(arguments[1]),
            new NewCard(NewCard.Kind.STAFF, "100042", Optional.empty(), Optional.empty()));
    try (Socket socket =
            new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0]));
        DataInputStream in =
            new DataInputStream(new BufferedInputStream(socket.getInputStream()))) {
      socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
      while (true) {
        socket.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
        int high = in.read();
        if (high < 0) {
          return;
        }
        int length = high << 8 | in.readUnsignedByte();
        socket.setOption(ExtendedSocketOptions.TCP_QUICKACK, true);
        byte[] message = in.readNBytes(length);
        if (length == 1) {
          if (message[0] == 4) {
            send(socket, ATR);
          } else {
            card.reset();
          }
          continue;
        }
        long start = System.nanoTime();
        byte[] answer = card.process(message).encode();
        long worked = System.nanoTime() - start;
        send(socket, answer);
        System.out.println(worked);
      }
    }
  }

  private static void send(Socket socket, byte[] body) throws IOException {
    byte[] message = new byte[body.length + 2];
    message[0] = (byte) (body.length >> 8);
    message[1] = (byte) body.length;
    System.arraycopy(body, 0, message, 2, body.length);
    socket.getOutputStream().write(message);
  }
}
