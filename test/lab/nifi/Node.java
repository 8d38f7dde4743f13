import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.nifi.admin.service.AuditService;
import org.apache.nifi.admin.service.EntityStoreAuditService;
import org.apache.nifi.cluster.coordination.ClusterCoordinator;
import org.apache.nifi.nar.ExtensionManagerHolder;
import org.apache.nifi.nar.NarClassLoadersHolder;
import org.apache.nifi.nar.StandardExtensionDiscoveringManager;
import org.apache.nifi.nar.SystemBundle;
import org.apache.nifi.services.FlowService;
import org.apache.nifi.util.NiFiProperties;
import org.apache.nifi.web.revision.NaiveRevisionManager;
import org.apache.nifi.web.revision.RevisionManager;
import org.springframework.context.support.GenericXmlApplicationContext;

/**
 * A clustered node of NiFi's own framework: the contexts that `NiFiWebApiConfiguration` imports, started
 * as `JettyServer` starts them. A bare HTTP server stands in for the web application: it answers how many
 * nodes are in which state and who coordinates, in this node's view.
 */
final class Node {
    public static void main(String[] arguments) throws Exception {
        System.setProperty(NiFiProperties.PROPERTIES_FILE_PATH, arguments[0]);
        var properties = NiFiProperties.createBasicNiFiProperties(arguments[0]);
        var bundles = NarClassLoadersHolder.getInstance();
        bundles.init(properties.getFrameworkWorkingDirectory(), properties.getExtensionsWorkingDirectory());
        var extensions = new StandardExtensionDiscoveringManager();
        extensions.discoverExtensions(SystemBundle.create(properties), Set.of());
        ExtensionManagerHolder.init(extensions);

        var context = new GenericXmlApplicationContext();
        var database = properties.getDatabaseRepositoryPath().toFile();
        context.registerBean("auditService", AuditService.class, () -> new EntityStoreAuditService(database));
        context.registerBean("revisionManager", RevisionManager.class, () -> new NaiveRevisionManager());
        context.load(
            "classpath:nifi-context.xml",
            "classpath:nifi-authorizer-context.xml",
            "classpath:nifi-cluster-manager-context.xml",
            "classpath:nifi-cluster-protocol-context.xml");
        context.refresh();

        var flow = context.getBean("flowService", FlowService.class);
        serve(properties, context.getBean("clusterCoordinator", ClusterCoordinator.class));
        flow.start();
        flow.load(null);
    }

    private static void serve(NiFiProperties properties, ClusterCoordinator coordinator) throws Exception {
        var host = properties.getProperty(NiFiProperties.WEB_HTTP_HOST);
        var web = HttpServer.create(new InetSocketAddress(host, properties.getPort()), 0);
        web.createContext("/", exchange -> {
            var states = coordinator.getConnectionStates().entrySet().stream()
                .filter(entry -> !entry.getValue().isEmpty())
                .map(entry -> entry.getKey() + " " + entry.getValue().size())
                .collect(Collectors.joining(", "));
            var elected = coordinator.getElectedActiveCoordinatorNode();
            var answer = (states + "\n" + (elected == null ? "" : elected.getSocketAddress())).getBytes();
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        web.start();
    }
}
