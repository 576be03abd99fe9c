package io.rollcall.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.rollcall.server.failure.RefusedException;
import io.rollcall.server.identity.Caller;
import io.rollcall.server.identity.Caller.NodeCaller;
import io.rollcall.server.identity.Caller.OperatorCaller;
import io.rollcall.server.namespace.NamespaceName;
import io.rollcall.server.namespace.NodeId;
import io.rollcall.v1.Permission;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Each kind of caller against each permission. */
class AccessTest {
    private static final NamespaceName ALPHA = new NamespaceName("alpha");
    private static final Caller NODE_3 = new NodeCaller(ALPHA, NodeId.of(3));
    private static final Caller OPERATOR = new OperatorCaller(ALPHA, "admin");

    private static String outcome(Runnable check) {
        try {
            check.run();
            return "passes";
        } catch (RefusedException refused) {
            return refused.refusal() + " " + refused.getMessage();
        }
    }

    @ParameterizedTest
    @EnumSource(Permission.class)
    void aMethod_isForTheKindThatItsPermissionNames(Permission permission) {
        String forNode = "NOT_PERMITTED M: not for alpha/node/3 (expected: an operator)";
        String forOperator = "NOT_PERMITTED M: not for alpha/operator/admin (expected: a node)";
        boolean node =
                switch (permission) {
                    case OPERATOR, PERMISSION_UNSPECIFIED, UNRECOGNIZED -> false;
                    default -> true;
                };
        boolean operator =
                switch (permission) {
                    case NODE_ITSELF, ANY_NODE, PERMISSION_UNSPECIFIED, UNRECOGNIZED -> false;
                    default -> true;
                };
        assertThat(outcome(() -> Access.requireMayCall(permission, NODE_3, "M")))
                .isEqualTo(node ? "passes" : forNode);
        assertThat(outcome(() -> Access.requireMayCall(permission, OPERATOR, "M")))
                .isEqualTo(operator ? "passes" : forOperator);
    }

    @ParameterizedTest
    @CsvSource({
        "NODE_ITSELF, 3, passes",
        "NODE_ITSELF, 7, 'NOT_PERMITTED node_id: 7 (expected: 3, the node of your certificate)'",
        "NODE_ITSELF, 0, BAD_FIELD node_id: 0 (expected: 1..2147483647)",
        "NODE_ITSELF, -3, BAD_FIELD node_id: -3 (expected: 1..2147483647)",
        "NODE_ITSELF_OR_OPERATOR, 3, passes",
        "NODE_ITSELF_OR_OPERATOR, 7, 'NOT_PERMITTED node_id: 7 (expected: 3, the node of your certificate)'",
        "NODE_ITSELF_OR_OPERATOR, 0, BAD_FIELD node_id: 0 (expected: 1..2147483647)"
    })
    void aNode_isHeardAboutItselfOnly(Permission permission, int about, String outcome) {
        assertThat(outcome(() -> Access.requireMayConcern(permission, NODE_3, "node_id", about)))
                .isEqualTo(outcome);
    }

    @ParameterizedTest
    @CsvSource({
        "NODE_ITSELF_OR_OPERATOR, 3, passes",
        "NODE_ITSELF_OR_OPERATOR, 1, passes",
        "NODE_ITSELF_OR_OPERATOR, 2147483647, passes",
        "NODE_ITSELF_OR_OPERATOR, 0, BAD_FIELD node_id: 0 (expected: 1..2147483647)",
        "NODE_ITSELF, 3, NOT_PERMITTED node_id: 3 (expected: a node about itself; this is an operator's certificate)"
    })
    void anOperator_isHeardAboutAny_whereTheMethodIsForIt(Permission permission, int about, String outcome) {
        assertThat(outcome(() -> Access.requireMayConcern(permission, OPERATOR, "node_id", about)))
                .isEqualTo(outcome);
    }
}
