package jp.sekisho.agent.seat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/**
 * A pinentry written by a test: a shell script that keeps what it was told and answers GETPIN as
 * the test says.
 *
 * @param program the script
 * @param heard every line it was sent
 */
public record FakePinentry(Path program, Path heard) {

  /**
   * Writes one that greets and takes every command.
   *
   * @param onGetpin shell commands that answer GETPIN, such as {@code echo 'D 123456'; echo OK}
   */
  public static FakePinentry in(Path directory, String onGetpin) throws IOException {
    return write(directory, "echo 'OK Pleased to meet you'", onGetpin);
  }

  static FakePinentry write(Path directory, String greeting, String onGetpin) throws IOException {
    Path heard = directory.resolve("heard");
    Path program = directory.resolve("pinentry-fake");
    Files.writeString(
        program,
        """
        #!/bin/sh
        %s
        while IFS= read -r line; do
          printf '%%s\\n' "$line" >> '%s'
          case "$line" in
            GETPIN) %s ;;
            BYE) echo 'OK closing connection'; exit 0 ;;
            OPTION*) echo 'ERR 83886254 Unknown option <Pinentry>' ;;
            *) echo OK ;;
          esac
        done
        """
            .formatted(greeting, heard, onGetpin));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    return new FakePinentry(program, heard);
  }

  List<String> lines() throws IOException {
    return Files.exists(heard) ? Files.readAllLines(heard) : List.of();
  }
}
