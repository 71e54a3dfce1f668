// What late labels say of a model's answers.
//
// `QualityMachine` judges them one by one; `AnswerBook` remembers answers until their labels come.
