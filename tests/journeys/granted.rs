//! Grants: a call that the template does not grant is refused here as it would be on AWS.

use tests::Shop;

#[tokio::test]
async fn a_function_without_the_grant_is_refused() {
    let shop = Shop::with(|template| {
        let block = template.find("  CheckoutFunction:").unwrap();
        let statement = "[dynamodb:GetItem, dynamodb:PutItem], Resource: !GetAtt OrdersTable.Arn";
        let at = block + template[block..].find(statement).unwrap();
        template.replace_range(at..at + statement.len(), "[dynamodb:GetItem], Resource: !GetAtt OrdersTable.Arn");
    });
    shop.stock("MUG-1", 1999, 10).await;
    let cart = shop.cart(&[("MUG-1", 1)]).await;
    let refused = shop.check_out(&cart, "bank_transfer", "key-1").await.expect(500);
    assert!(!refused.text.contains("dynamodb"), "the caller hears nothing of it: {}", refused.text);
    let denied = shop.engine().grants().denied();
    assert!(
        denied.iter().any(|denied| denied.function == "checkout" && denied.action == "dynamodb:PutItem"),
        "{denied:?}"
    );
    assert_eq!(shop.stock_of("MUG-1").await["reserved"], 0);
}
