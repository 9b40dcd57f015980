package jp.sekisho.server.terminal;

import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import jp.sekisho.server.storage.StorageException;
import jp.sekisho.server.storage.TamperedException;

/** Routes that only tests have. */
final class ProbeControllers {
  private ProbeControllers() {}

  /** On the people's port. */
  @Controller("/probe")
  static final class People {
    @Get("/page")
    String page() {
      return "page";
    }

    @Post("/echo")
    byte[] echo(@Body byte[] body) {
      return body;
    }

    @Get("/fail/{how}")
    String fail(String how) {
      throw switch (how) {
        case "storage" -> new StorageException("the disk is full of secrets");
        case "tampered" -> new TamperedException("probe", "row-1");
        default -> new IllegalStateException("an inner secret");
      };
    }

    @Post("/fail/{how}")
    @Consumes(MediaType.ALL)
    String failAct(String how) {
      return fail(how);
    }

    @Get("/number/{number}")
    String number(int number) {
      return String.valueOf(number);
    }
  }

  /** On the agents' port, but not in its table: nobody may ever reach it. */
  @Controller(value = "/agent/v1/probe", port = AgentPort.PORT)
  static final class Agents {
    @Post
    String reached() {
      return "reached";
    }

    @Get
    String read() {
      return "reached";
    }
  }

  /** Lets the probes through without a session. */
  @jakarta.inject.Singleton
  static final class ProbeRoutes implements jp.sekisho.server.web.OpenRoute {
    @Override
    public boolean matches(String path) {
      return path.startsWith("/probe/");
    }
  }
}
